import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import type { Kit } from "./kit/kit.ts";
import { buildWheel } from "./kit/wheel.ts";

const questionSchema = z.strictObject({
  /** The name of the answer in templates and, as a flag, on the command line. */
  key: z.string().regex(/^[a-z][a-zA-Z0-9]*$/),
  message: z.string(),
  /** A regular expression for the whole answer. */
  pattern: z.string().optional(),
  /** What the pattern means, to complete "expected …". */
  expects: z.string().optional(),
  default: z.string().optional(),
  /** The answer for services that are older than the question, which are not asked. */
  before: z.string().optional(),
});

const templateSchema = z.strictObject({
  name: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  title: z.string(),
  description: z.string(),
  questions: z.array(questionSchema),
  /** The optional features of a service, with a description of each. */
  features: z.record(z.string().regex(/^[a-z][a-z0-9]*$/), z.string()).optional(),
  /**
   * Files and folders that exist only under a condition: an answer that is not empty, or a selected feature
   * (`sample.FEATURE`: a feature that the sample includes). `A and B` requires both; with several conditions, one is
   * enough.
   */
  conditions: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  /** Top-level Python modules that a generated package would collide with. */
  reservedPackages: z.array(z.string()),
  /** Paths in `files/` with first drafts that the service's owners edit. An update never touches them. */
  once: z.array(z.string()).optional(),
  /**
   * The files of the sample, in `files/`. The first one determines whether a service still has the sample. Services
   * that replaced it do not get the parts of the sample that belong to a feature.
   */
  sample: z.array(z.string()).optional(),
  /** What replaced files or folders of earlier versions of the template, by their paths. */
  replaced: z
    .record(z.string(), z.strictObject({ now: z.string().optional(), hint: z.string().optional() }))
    .optional(),
  /** The folder of the Python library that its services share, relative to the template's folder. */
  kit: z.string().optional(),
});

export type TemplateQuestion = z.output<typeof questionSchema>;

/** A template: its questions, and the files that are rendered with the answers. */
export interface Template extends Omit<z.output<typeof templateSchema>, "kit"> {
  readonly files: readonly TemplateFile[];
  readonly kit?: Kit;
}

export interface TemplateFile {
  /** With `/` between its segments, before placeholders are replaced. */
  readonly path: string;
  readonly content: string;
  readonly executable: boolean;
}

/** Reads `template.yaml` and every file in `files/`, sorted by path. */
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
