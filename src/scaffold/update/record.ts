import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isScalar, isSeq, parse, parseDocument, Scalar, type YAMLSeq } from "yaml";
import * as z from "zod";
import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import { answersFile, type Answers, type RenderedFile } from "../render.ts";
import { type Base, baseFile } from "./base.ts";

const version = z.string().regex(/^\d+\.\d+\.\d+$/);
const names = z.array(z.string());
const answersSchema = z.object({
  template: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version,
  answers: z.looseObject({
    name: z.string().min(1),
    regions: names,
    depends_on: names.optional(),
    called_by: names.optional(),
    features: names.optional(),
  }),
});
const baseSchema = z.object({
  version,
  files: z.record(
    z.string(),
    z.object({ executable: z.literal(true).optional(), once: z.literal(true).optional(), lines: z.array(z.string()) }),
  ),
});

/** What a service was made from. */
export interface ServiceRecord {
  readonly template: string;
  readonly version: string;
  readonly answers: Answers;
}

/** Throws SCAFFOLD_NOT_A_SERVICE or SCAFFOLD_RECORD_INVALID. `shown` is the folder as the user names it. */
export async function readRecord(folder: string, shown: string): Promise<ServiceRecord> {
  const text = await textOf(join(folder, answersFile));
  if (text === undefined) {
    throw new AppError("SCAFFOLD_NOT_A_SERVICE", `${shown} holds no service made by gennet: no ${answersFile}.`, {
      next: ["Name the service's folder, or change into it.", "gennet new service NAME   makes one"],
    });
  }
  return parseRecord(text, shown);
}

/** Reads the text of an answers file. Throws SCAFFOLD_RECORD_INVALID. */
export function parseRecord(text: string, shown: string): ServiceRecord {
  const { template, version, answers } = readOr(`${shown}/${answersFile}`, () => answersSchema.parse(parse(text)));
  return { template, version, answers: answers as unknown as Answers };
}

/** Undefined for a service that was scaffolded before the base was kept. Throws SCAFFOLD_RECORD_INVALID. */
export async function readBase(folder: string, shown: string): Promise<Base | undefined> {
  const text = await textOf(join(folder, baseFile));
  if (text === undefined) return undefined;
  const { version, files } = readOr(`${shown}/${baseFile}`, () => baseSchema.parse(JSON.parse(text)));
  return {
    version,
    files: Object.entries(files).map(([path, { executable, once, lines }]) => ({
      path,
      content: lines.join("\n"),
      mode: executable === true ? 0o755 : 0o644,
      ...(once === true ? { once } : {}),
    })),
  };
}

/** The answers file with other answers or another version; comments that stand in it stay. */
export async function updatedAnswers(folder: string, { version, answers }: ServiceRecord): Promise<RenderedFile> {
  const document = parseDocument((await textOf(join(folder, answersFile))) ?? "");
  const recorded = (document.toJS() as { answers?: Record<string, unknown> } | null)?.answers ?? {};
  document.set("version", version);
  for (const [key, value] of Object.entries(answers) as [string, unknown][]) {
    const node = document.getIn(["answers", key], true);
    if (isDeepStrictEqual(recorded[key], value)) continue;
    if (isSeq(node) && Array.isArray(value)) rewriteList(node, value);
    else document.setIn(["answers", key], value);
  }
  return { path: answersFile, content: document.toString({ lineWidth: 0 }), mode: 0o644 };
}

/** Items that stay keep their nodes, and so the comments that stand at them. */
function rewriteList(list: YAMLSeq, values: readonly unknown[]): void {
  if (list.items.length === 0) {
    list.flow = false;
    // Behind a list of several lines it would stand below the last.
    list.commentBefore ??= list.comment ?? null;
    list.comment = null;
  }
  const nodeOf = (value: unknown): unknown => list.items.find((item) => isScalar(item) && item.value === value);
  list.items = values.map((value) => nodeOf(value) ?? new Scalar(value));
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

function readOr<T>(shown: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const said = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new AppError("SCAFFOLD_RECORD_INVALID", `${shown} cannot be read: ${said}`, {
      next: [
        shell`git log -p -- ${shown}   shows how it came to be`,
        shell`git checkout COMMIT -- ${shown}   brings one back`,
      ],
      cause: error,
    });
  }
}
