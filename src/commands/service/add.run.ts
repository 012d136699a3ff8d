import { exactPlace } from "../../core/finding.ts";
import { catalogFacts } from "../../catalog/catalog-facts.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import type { Outcome } from "../../core/outcome.ts";
import { type Addition, addToService, type ExtendedService } from "../../scaffold/update/add-to-service.ts";
import { installedTemplate } from "../../scaffold/update/installed-template.ts";
import { readRecord } from "../../scaffold/update/record.ts";
import { relockWith } from "../../scaffold/update/relock.ts";
import { revisionText } from "../../scaffold/update/update-text.ts";
import type { ServiceAddInput } from "./add.ts";
import { openCatalog } from "./catalog.run.ts";
import { placeOf } from "./check.run.ts";
import { revisionExit } from "./update.run.ts";

export interface ServiceAdd extends ExtendedService {
  readonly kind: "ServiceAdd";
  /** Relative to the current folder. */
  readonly path: string;
  readonly what: "feature" | "dependency" | "caller";
  /** What was requested, or what the catalogue lists. */
  readonly names: readonly string[];
  /** The catalogue that the callers come from. */
  readonly catalog?: string;
}

const lists = { feature: "features", dependency: "depends_on", caller: "called_by" } as const;

export async function run(input: ServiceAddInput, context: Context): Promise<Outcome<ServiceAdd>> {
  const { folder, path } = placeOf(input.dir, context.host.cwd);
  const what = input.what === "dependency" || input.what === "caller" ? input.what : "feature";
  if (what === "dependency" && input.names.length === 0) {
    throw new AppError("USAGE_INVALID", "Missing the name of the service to depend on.", {
      next: ["gennet service add dependency payments  # adds one dependency"],
    });
  }
  const derived = what === "caller" && input.names.length === 0;
  const catalog = derived ? await completeCatalog(context, folder) : undefined;
  const callers = catalog && callersIn(catalog, (await readRecord(folder, path)).answers.name);
  const names = callers ?? (what === "feature" ? [input.what, ...input.names] : input.names);
  if (catalog !== undefined) {
    const says = names.length === 0 ? "none" : names.join(", ");
    context.emit({
      type: "note",
      level: "info",
      text: `Callers according to the catalogue in ${catalog.path}: ${says}`,
    });
  }
  const addition: Addition = { to: lists[what], names };
  const added = await addToService(folder, path, addition, {
    git: await context.git(),
    signal: context.signal,
    dryRun: input.dryRun,
    relock: relockWith(context.host.env, context.signal, context.emit),
    templateNamed: installedTemplate,
  });
  const from = catalog === undefined ? {} : { catalog: catalog.path };
  return { exit: revisionExit(added), document: { kind: "ServiceAdd", path, what, names, ...from, ...added } };
}

function callersIn(catalog: Catalog, service: string): readonly string[] {
  return catalog.callersOf(service).flatMap(({ name }) => (name === service ? [] : [name]));
}

/** An unreadable file may hide a caller, and once a service names callers, all others are denied. */
async function completeCatalog(context: Context, folder: string): Promise<Catalog> {
  const catalog = await openCatalog(context, undefined, folder);
  const unread = catalog.findings.filter(({ id, severity }) => id === catalogFacts.readable.id && severity === "fail");
  if (unread.length === 0) return catalog;
  const places = unread.map(({ location, summary }) => `${exactPlace(location)} ${summary}`);
  throw new AppError("CATALOG_INCOMPLETE", `Cannot read the whole catalogue in ${catalog.path}: ${places[0] ?? ""}`, {
    next: [...places.slice(1), "gennet service add caller NAME  # names a caller without using the catalogue"],
  });
}

export function present(document: ServiceAdd, view: TextView): string {
  const { what, names, added, toWrite, catalog } = document;
  const nothing = `has no callers in the catalogue (${catalog ?? ""})`;
  const got = said(what, added.length > 0 ? added : names);
  const says = {
    current: names.length === 0 ? nothing : `already has ${said(what, names)}`,
    pending: `would get ${got}`,
    done: `now has ${got}`,
  };
  const notes = [
    ...(document.changedSample === undefined
      ? []
      : [`${document.changedSample} has changed: the new tables, stores and tests match its original fields.`]),
    ...(toWrite.length === 0
      ? []
      : [
          "You have replaced the sample. Write these for your own entity:",
          ...toWrite.map((path) => `  ${view.paint("warn", "!")} ${path}`),
        ]),
  ];
  return [revisionText(document, says, view), ...(notes.length === 0 ? [] : ["", ...notes])].join("\n");
}

function said(what: ServiceAdd["what"], names: readonly string[]): string {
  const noun = { feature: "feature", dependency: "dependenc", caller: "caller" }[what];
  const ending = what === "dependency" ? (names.length === 1 ? "y" : "ies") : names.length === 1 ? "" : "s";
  return `the ${noun}${ending} ${names.join(", ")}`;
}
