import type { z } from "zod";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import { expectation } from "../../core/expectation.ts";
import { fileError } from "../../core/file-error.ts";
import type { Outcome } from "../../core/outcome.ts";
import { assertNamed } from "../../core/run-checks.ts";
import { shell } from "../../core/shell-words.ts";
import { healthChecks } from "../../health/index.ts";
import { exampleRunbook } from "../../runbooks/example-runbook.ts";
import { frontMatterSchema } from "../../runbooks/format/front-matter.ts";
import { platformFolder } from "./library.run.ts";
import type { RunbookNewInput } from "./new.ts";

export interface RunbookFile {
  readonly kind: "RunbookFile";
  readonly id: string;
  /** Relative to the current folder. */
  readonly file: string;
}

export async function run({ id, title, finding }: RunbookNewInput, context: Context): Promise<Outcome<RunbookFile>> {
  assertFits("ID", frontMatterSchema.shape.id, id);
  if (title !== undefined) assertFits("--title", frontMatterSchema.shape.title, title);
  assertNamed(healthChecks, finding);
  const { cwd } = context.host;
  const path = join((await platformFolder(context)) ?? cwd, "runbooks", `${id}.md`);
  const file = relative(cwd, path);
  const text = exampleRunbook(id, title ?? id, finding);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      throw new AppError("RUNBOOK_EXISTS", `${file} already exists.`, { next: [shell`gennet runbook show ${file}`] });
    }
    throw fileError("FILE_UNUSABLE", "written", { path, shownAs: `The runbook ${file}` }, error);
  }
  return { exit: exit.ok, document: { kind: "RunbookFile", id, file } };
}

/** The path works everywhere; the ID would need a gennet.yaml beside the folder. */
export function present({ file }: RunbookFile): string {
  return shell`${file} was written. Edit it, then run: gennet runbook show ${file}`;
}

function assertFits(argument: string, schema: z.ZodType<string>, value: string): void {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  if (issue === undefined) return;
  throw new AppError("USAGE_INVALID", `${argument}: ${expectation(issue, value)}.`, {
    next: ["gennet runbook new --help"],
  });
}
