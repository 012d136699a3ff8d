import { relative, resolve } from "node:path";
import type { Context } from "../context.ts";
import type { TextView } from "../core/command.ts";
import { exit } from "../core/exit.ts";
import type { Outcome } from "../core/outcome.ts";
import { shell } from "../core/shell-words.ts";
import { answerText } from "../scaffold/update/answer-changes.ts";
import { type CheckedService, checkService } from "../scaffold/update/check-service.ts";
import { installedTemplate } from "../scaffold/update/installed-template.ts";
import { changeLines } from "../scaffold/update/update-text.ts";
import type { ServiceCheckInput } from "./service-check.ts";

export interface ServiceCheck extends CheckedService {
  readonly kind: "ServiceCheck";
  /** Relative to the folder the command ran in. */
  readonly path: string;
}

export async function run(input: ServiceCheckInput, { host }: Context): Promise<Outcome<ServiceCheck>> {
  const { folder, path } = placeOf(input.path, host.cwd);
  const checked = await checkService(folder, path, installedTemplate);
  return { exit: checked.outdated ? exit.pending : exit.ok, document: { kind: "ServiceCheck", path, ...checked } };
}

export function present(document: ServiceCheck, view: TextView): string {
  const { service, template, from, to, outdated, changes, answers, questions, path } = document;
  const name = view.paint("strong", service);
  if (!outdated) return `${view.paint("good", "✔")} ${name} follows ${template} ${to}.`;
  const why =
    from !== to
      ? `follows ${template} ${from}; this gennet has ${to}`
      : `is not as its answers and ${template} ${to} make it`;
  return [
    `${view.paint("warn", "!")} ${name} ${why}.`,
    ...answers.map((each) => `  ${answerText(each)}`),
    ...(changes === undefined ? [] : changeLines(changes, view)),
    ...(questions.length === 0 ? [] : [`  asks for ${questions.join(", ")}`]),
    "",
    shell`Next: gennet service update ${path}`,
  ].join("\n");
}

/** A service's folder, and how it is shown: relative to the current folder. */
export function placeOf(path: string | undefined, cwd: string): { readonly folder: string; readonly path: string } {
  const folder = resolve(cwd, path ?? ".");
  return { folder, path: relative(cwd, folder) || "." };
}
