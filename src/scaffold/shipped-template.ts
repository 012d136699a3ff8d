import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isThere } from "../core/is-there.ts";
import type { Kit } from "./kit/kit.ts";
import type { Template } from "./template.ts";

/**
 * Returns a template of this installation. The bundle contains it as one file, packed and checked by the build, which
 * takes a tenth of the time to read. When running from the sources, reads the folder.
 */
export async function shippedTemplate(name: string): Promise<Template> {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, "templates", name);
    if (await isThere(`${candidate}.json`)) return readPacked(`${candidate}.json`, folder);
    if (await isThere(join(candidate, "template.yaml"))) return (await import("./template.ts")).loadTemplate(candidate);
    if (dirname(folder) === folder) throw new Error(`The template ${name} is missing from this installation.`);
  }
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
