import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { nearest } from "../core/nearest.ts";
import type { Kit } from "./kit/kit.ts";
import type { Template } from "./template.ts";

/**
 * Returns a template of this installation. The bundle contains it as one file, packed and checked by the build, which
 * takes a tenth of the time to read. When running from the sources, reads the folder.
 */
export async function shippedTemplate(name: string): Promise<Template> {
  const packed = `templates/${name}.json`;
  const found = await nearest(import.meta.dirname, [packed, `templates/${name}/template.yaml`]);
  if (found === undefined) throw new Error(`The template ${name} is missing from this installation.`);
  const file = join(found.folder, found.path);
  if (found.path === packed) return readPacked(file, found.folder);
  return (await import("./template.ts")).loadTemplate(dirname(file));
}

/** Returns a template as packed by the build: the wheel of its kit is a separate file. */
export interface PackedTemplate extends Omit<Template, "kit"> {
  readonly kit?: Omit<Kit, "content">;
}

async function readPacked(file: string, folder: string): Promise<Template> {
  const { kit, ...template } = JSON.parse(await readFile(file, "utf8")) as PackedTemplate;
  if (kit === undefined) return template;
  return { ...template, kit: { ...kit, content: await readFile(join(folder, "service-kit", kit.file)) } };
}
