import { relative, resolve } from "node:path";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { shell } from "../../core/shell-words.ts";
import { answerText } from "../../scaffold/update/answer-changes.ts";
import { type CheckedService, checkService } from "../../scaffold/update/check-service.ts";
import { installedTemplate } from "../../scaffold/update/installed-template.ts";
import type { KitStatus } from "../../scaffold/update/kit-status.ts";
import { changeLines } from "../../scaffold/update/update-text.ts";
import type { ServiceCheckInput } from "./check.ts";
import { followPlatform } from "./follow-platform.run.ts";

export interface ServiceCheck extends CheckedService {
  readonly kind: "ServiceCheck";
  /** Relative to the current folder. */
  readonly path: string;
}

export async function run(input: ServiceCheckInput, context: Context): Promise<Outcome<ServiceCheck>> {
  const { folder, path } = placeOf(input.path, context.host.cwd);
  const checked = await checkService(folder, path, installedTemplate, (answers) => followPlatform(context, answers));
  return { exit: checked.outdated ? exit.pending : exit.ok, document: { kind: "ServiceCheck", path, ...checked } };
}

export function present(document: ServiceCheck, view: TextView): string {
  const { service, template, from, to, outdated, kit, changes, answers, questions, path } = document;
  const name = view.paint("strong", service);
  if (!outdated) {
    const has = kit === undefined ? [] : kitLines(kit);
    return [`${view.paint("good", "✔")} ${name} is up to date with ${template} ${to}.`, ...has].join("\n");
  }
  const pinned = kit?.state === "pinned" && from === to && changes?.length === 0 ? kit : undefined;
  return [
    `${view.paint("warn", "!")} ${name} ${reason(document)}.`,
    ...answers.map((each) => `  ${answerText(each)}`),
    ...(kit === undefined ? [] : kitLines(kit)),
    ...(changes === undefined ? [] : changeLines(changes, view)),
    ...(questions.length === 0 ? [] : [`  new questions: ${questions.join(", ")}`]),
    "",
    pinned === undefined
      ? shell`Next: gennet service update ${path}`
      : `Next: pin ${pinned.name}==${pinned.shipped} in ${path}/pyproject.toml, then run uv lock there`,
  ].join("\n");
}

function reason({ template, from, to, changes, kit }: ServiceCheck): string {
  if (from !== to) return `follows ${template} ${from}; the installed version is ${to}`;
  if (kit?.state === "pinned" && changes?.length === 0) return `follows ${template} ${to} with an older ${kit.name}`;
  return `differs from what ${template} ${to} generates for its answers`;
}

/** Returns no lines if the service has the current version of the kit. */
function kitLines({ name, version, shipped, state }: KitStatus): readonly string[] {
  switch (state) {
    case "current":
      return [];
    case "outdated":
      return [`  ${name}: ${version ?? "none"} → ${shipped}`];
    case "pinned":
      return [`  ${name}: pyproject.toml pins ${version ?? "no version"}; this gennet includes ${shipped}`];
    case "newer":
      return [`  ${name}: ${version ?? "none"} is pinned, and is newer than the ${shipped} of this gennet`];
    case "absent":
      return [`  ${name}: pyproject.toml pins no version; this gennet includes ${shipped}`];
  }
}

/** Returns a service's folder, and its path relative to the current folder. */
export function placeOf(path: string | undefined, cwd: string): { readonly folder: string; readonly path: string } {
  const folder = resolve(cwd, path ?? ".");
  return { folder, path: relative(cwd, folder) || "." };
}
