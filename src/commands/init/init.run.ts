import { relative, resolve } from "node:path";
import packageFile from "../../../package.json" with { type: "json" };
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { platformFile } from "../../platform/load.ts";
import { parsePlatform } from "../../platform/parse.ts";
import { schemaFile, starterText } from "../../platform/starter.ts";
import { checkAbsent, writeStarter } from "../../platform/write-starter.ts";
import { askStarter } from "./questions.run.ts";
import type { InitInput } from "./init.ts";

export interface PlatformFile {
  readonly kind: "PlatformFile";
  /** Relative to the current folder. */
  readonly path: string;
  /** The names of its regions. */
  readonly regions: readonly string[];
  /** False in a dry run. */
  readonly written: boolean;
  readonly text: string;
}

export async function run(input: InitInput, context: Context): Promise<Outcome<PlatformFile>> {
  const { host, options } = context;
  const path = resolve(host.cwd, options.config ?? platformFile);
  const shownAs = relative(host.cwd, path);
  await checkAbsent(path);
  const starter = await askStarter(input, context);
  const text = starterText(starter, packageFile.version);
  parsePlatform(text, shownAs);
  context.signal.throwIfAborted();
  if (!input.dryRun) await writeStarter(path, text);
  return {
    exit: input.dryRun ? exit.pending : exit.ok,
    document: {
      kind: "PlatformFile",
      path: shownAs,
      regions: starter.regions.map((region) => region.name),
      written: !input.dryRun,
      text,
    },
  };
}

export function present(document: PlatformFile, view: TextView): string {
  if (!document.written) return document.text;
  return [
    `${view.paint("good", "✔")} ${view.paint("strong", document.path)}: ${document.regions.join(", ")}`,
    `  ${schemaFile} next to it is for editors; commit both.`,
    "",
    "Next:",
    "  gennet doctor          # check this machine and the AWS accounts",
    "  gennet region plan     # show what gennet would create",
  ].join("\n");
}
