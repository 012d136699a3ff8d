import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import type { Kit } from "./kit/kit.ts";
import { buildWheel } from "./kit/wheel.ts";

const questionSchema = z.strictObject({
  /** What the answer is called in templates and, as a flag, on the command line. */
  key: z.string().regex(/^[a-z][a-zA-Z0-9]*$/),
  message: z.string(),
  /** A regular expression for the whole answer. */
  pattern: z.string().optional(),
  /** What the pattern means, to complete "expected …". */
  expects: z.string().optional(),
  default: z.string().optional(),
  /** The answer of services that are older than the question, which are not asked. */
  before: z.string().optional(),
});

const templateSchema = z.strictObject({
  name: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  title: z.string(),
  description: z.string(),
  questions: z.array(questionSchema),
  /** What a service can be given beside what every one has, with what each one is. */
  features: z.record(z.string().regex(/^[a-z][a-z0-9]*$/), z.string()).optional(),
  /**
   * Files and folders that are only there under a condition: a text or list among the answers that is not empty, or a
   * feature that was chosen (`sample.FEATURE`: that the sample is made for); `A and B`: both; of several, any.
   */
  conditions: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  /** Top-level Python modules that a generated package would collide with. */
  reservedPackages: z.array(z.string()),
  /** Paths below `files/` that are a first draft for the service to write on: an update never touches them. */
  once: z.array(z.string()).optional(),
  /**
   * The files of the sample, below `files/`: the first is what tells whether a service still has it. What a feature adds
   * to the sample is not for a service that replaced it.
   */
  sample: z.array(z.string()).optional(),
  /** What took the place of files or folders that the template had before, by their paths. */
  replaced: z
    .record(z.string(), z.strictObject({ now: z.string().optional(), hint: z.string().optional() }))
    .optional(),
  /** The folder of the Python library that its services share, from the template's own. */
  kit: z.string().optional(),
});

export type TemplateQuestion = z.output<typeof questionSchema>;

/** A template as it is shipped: its questions, and the files that are rendered with the answers. */
export interface Template extends Omit<z.output<typeof templateSchema>, "kit"> {
  readonly files: readonly TemplateFile[];
  readonly kit?: Kit;
}

export interface TemplateFile {
  /** With `/` between its segments, and placeholders still in them. */
  readonly path: string;
  readonly content: string;
  readonly executable: boolean;
}

/** Reads `template.yaml` and everything below `files/`, in the order of their paths. */
export async function loadTemplate(folder: string): Promise<Template> {
  const { kit, ...declared } = templateSchema.parse(parse(await readFile(join(folder, "template.yaml"), "utf8")));
  const root = join(folder, "files");
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const full = join(entry.parentPath, entry.name);
        const [content, { mode }] = await Promise.all([readFile(full, "utf8"), stat(full)]);
        return { path: relative(root, full).split(sep).join("/"), content, executable: (mode & 0o100) !== 0 };
      }),
  );
  const template = { ...declared, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
  return kit === undefined ? template : { ...template, kit: await buildWheel(join(folder, kit)) };
}
