import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isScalar, isSeq, parse, parseDocument, Scalar, type YAMLSeq } from "yaml";
import writeFileAtomic from "write-file-atomic";
import * as z from "zod";
import { AppError } from "../../core/error.ts";
import { isFileAbsent, writing } from "../../core/file-error.ts";
import { shell } from "../../core/shell-words.ts";
import { answersFile, type Answers, type RenderedFile } from "../render.ts";
import { type Base, baseFile } from "./base.ts";
import { dressed, dressOf, plain } from "./file-dress.ts";
import { hasMarkers, withBothSides } from "./two-sides.ts";

const version = z.string().regex(/^\d+\.\d+\.\d+$/);
const names = z.array(z.string());
const answersSchema = z.looseObject({
  name: z.string().min(1),
  regions: names,
  depends_on: names.optional(),
  called_by: names.optional(),
  features: names.optional(),
  entity: z.string().optional(),
  sample: names.optional(),
  package_index: z.string().optional(),
  destinations: z.record(z.string(), z.string()).optional(),
});
const recordSchema = z.object({
  template: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version,
  answers: answersSchema,
});
const baseSchema = z.object({
  version,
  answers: answersSchema.optional(),
  kit: z.object({ path: z.string(), sha256: z.string() }).optional(),
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

/** Throws SCAFFOLD_NOT_A_SERVICE or SCAFFOLD_RECORD_INVALID. `shown` is the folder as the user typed it. */
export async function readRecord(folder: string, shown: string): Promise<ServiceRecord> {
  const text = await textOf(join(folder, answersFile));
  if (text === undefined) {
    throw new AppError(
      "SCAFFOLD_NOT_A_SERVICE",
      `${shown} does not contain a service made by gennet: ${answersFile} is missing.`,
      {
        next: ["Pass the service's folder, or change to it.", "gennet new service NAME  # creates a service"],
      },
    );
  }
  return parseRecord(text, shown);
}

/** Parses the text of an answers file. Throws SCAFFOLD_RECORD_INVALID. */
export function parseRecord(text: string, shown: string): ServiceRecord {
  if (hasMarkers(text)) throw withBothSides(text) === undefined ? undecided(shown) : conflicted(shown, answersFile);
  const { template, version, answers } = readOr(`${shown}/${answersFile}`, () => recordSchema.parse(parse(text)));
  return { template, version, answers: answers as unknown as Answers };
}

/**
 * Returns undefined for a service made before gennet recorded a base. Throws SCAFFOLD_RECORD_INVALID, or
 * SCAFFOLD_RECORD_CONFLICT if a merge left the bases of two branches.
 */
export async function readBase(folder: string, shown: string): Promise<Base | undefined> {
  const text = await textOf(join(folder, baseFile));
  if (text === undefined) return undefined;
  if (hasMarkers(text)) throw conflicted(shown, baseFile);
  const { version, answers, kit, files } = readOr(`${shown}/${baseFile}`, () => baseSchema.parse(JSON.parse(text)));
  return {
    version,
    ...(answers === undefined ? {} : { answers: answers as unknown as Answers }),
    ...(kit === undefined ? {} : { kit }),
    files: Object.entries(files).map(([path, { executable, once, lines }]) => ({
      path,
      content: lines.join("\n"),
      mode: executable === true ? 0o755 : 0o644,
      ...(once === true ? { once } : {}),
    })),
  };
}

function conflicted(shown: string, file: string): AppError {
  const what = file === baseFile ? "write it again from the answers" : "merge the names of both sides";
  const files = [...new Set([file, baseFile])].map((each) => `${shown}/${each}`);
  return new AppError("SCAFFOLD_RECORD_CONFLICT", `${shown}/${file} contains conflict markers of a merge: ${what}.`, {
    next: [shell`gennet service update --base ${shown} && git add ${files}`],
  });
}

/** The two branches answered one question differently. */
function undecided(shown: string): AppError {
  const file = `${shown}/${answersFile}`;
  return new AppError(
    "SCAFFOLD_RECORD_CONFLICT",
    `${file} contains conflict markers of a merge: choose one of the answers.`,
    {
      next: [
        shell`git checkout --ours -- ${file}  # uses this branch's answers`,
        shell`git checkout --theirs -- ${file}  # uses the other branch's answers`,
      ],
    },
  );
}

/** Merges the names of both sides in an answers file that contains conflict markers. */
export async function joinAnswers(folder: string, shown: string): Promise<boolean> {
  const path = join(folder, answersFile);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isFileAbsent(error)) return "";
    throw error;
  });
  const joined = hasMarkers(text) ? withBothSides(plain(text)) : undefined;
  if (joined === undefined) return false;
  const advice = "No changes made; then run the same command again.";
  await writing({ place: shown, advice }, () => writeFileAtomic(path, dressed(joined, dressOf(text))));
  return true;
}

/** Returns the answers file with other answers or another version, keeping its comments. */
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
  for (const key of Object.keys(recorded)) if (!(key in answers)) document.deleteIn(["answers", key]);
  return { path: answersFile, content: document.toString({ lineWidth: 0 }), mode: 0o644 };
}

/** Items that stay keep their nodes, and therefore their comments. */
function rewriteList(list: YAMLSeq, values: readonly unknown[]): void {
  if (list.items.length === 0) {
    list.flow = false;
    // At the end of a multi-line list, it would move below the last item.
    list.commentBefore ??= list.comment ?? null;
    list.comment = null;
  }
  const nodeOf = (value: unknown): unknown => list.items.find((item) => isScalar(item) && item.value === value);
  list.items = values.map((value) => nodeOf(value) ?? new Scalar(value));
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return plain(await readFile(path, "utf8"));
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
    const said =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`).join("; ")
        : (error as Error).message.split("\n")[0]?.replace(/:$/, "");
    const restore = shell`gennet service update --base ${dirname(dirname(shown))}  # renders it again`;
    throw new AppError("SCAFFOLD_RECORD_INVALID", `${shown} cannot be read: ${said}`, {
      next: [
        ...(shown.endsWith(baseFile) ? [restore] : []),
        shell`git log -p -- ${shown}  # shows its history`,
        shell`git checkout COMMIT -- ${shown}  # restores a version`,
      ],
      cause: error,
    });
  }
}
