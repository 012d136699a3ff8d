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
  /** Relative to the folder the command ran in. */
  readonly path: string;
  readonly what: "feature" | "dependency" | "caller";
  /** What it was to have: as asked for, or as the catalogue says. */
  readonly names: readonly string[];
  /** The catalogue that the callers were taken from. */
  readonly catalog?: string;
}

const lists = { feature: "features", dependency: "depends_on", caller: "called_by" } as const;

export async function run(input: ServiceAddInput, context: Context): Promise<Outcome<ServiceAdd>> {
  const { folder, path } = placeOf(input.dir, context.host.cwd);
  const what = input.what === "dependency" || input.what === "caller" ? input.what : "feature";
  if (what === "dependency" && input.names.length === 0) {
    throw new AppError("USAGE_INVALID", "Which service does it depend on?", {
      next: ["gennet service add dependency payments  # names one"],
    });
  }
  const derived = what === "caller" && input.names.length === 0;
  const catalog = derived ? await completeCatalog(context, folder) : undefined;
  const callers = catalog && callersIn(catalog, (await readRecord(folder, path)).answers.name);
  const names = callers ?? (what === "feature" ? [input.what, ...input.names] : input.names);
  if (catalog !== undefined) {
    const says = names.length === 0 ? "none" : names.join(", ");
    context.emit({ type: "note", level: "info", text: `Callers by the catalogue in ${catalog.path}: ${says}` });
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

/** A file that cannot be read may hide a caller, and a caller that is not named once others are is shut out. */
async function completeCatalog(context: Context, folder: string): Promise<Catalog> {
  const catalog = await openCatalog(context, undefined, folder);
  const unread = catalog.findings.filter(({ id, severity }) => id === catalogFacts.readable.id && severity === "fail");
  if (unread.length === 0) return catalog;
  const places = unread.map(({ location, summary }) => `${exactPlace(location)} ${summary}`);
  throw new AppError(
    "CATALOG_INCOMPLETE",
    `The catalogue in ${catalog.path} cannot be read in full: ${places[0] ?? ""}`,
    {
      next: [...places.slice(1), "gennet service add caller NAME  # names a caller without the catalogue"],
    },
  );
}

export function present(document: ServiceAdd, view: TextView): string {
  const { what, names, added, toWrite, catalog } = document;
  const nothing = `is called by no service of the catalogue (${catalog ?? ""})`;
  const got = said(what, added.length > 0 ? added : names);
  const says = {
    current: names.length === 0 ? nothing : `has ${said(what, names)} already`,
    pending: `would get ${got}`,
    done: `now has ${got}`,
  };
  const notes = [
    ...(document.changedSample === undefined
      ? []
      : [
          `${document.changedSample} was changed: the tables, stores and tests that came fit the fields it had at first.`,
        ]),
    ...(toWrite.length === 0
      ? []
      : [
          "The sample was replaced, so what it would get is yours to write for what the service keeps now:",
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
