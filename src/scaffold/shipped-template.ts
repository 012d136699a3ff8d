import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isThere } from "../core/is-there.ts";
import type { Kit } from "./kit/kit.ts";
import type { Template } from "./template.ts";

/**
 * A template of this installation of gennet. Beside the bundle it is one file, made and checked by its build: reading
 * that takes a tenth of the time. Sources read the folder.
 */
export async function shippedTemplate(name: string): Promise<Template> {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, "templates", name);
    if (await isThere(`${candidate}.json`)) return readPacked(`${candidate}.json`, folder);
    if (await isThere(join(candidate, "template.yaml"))) return (await import("./template.ts")).loadTemplate(candidate);
    if (dirname(folder) === folder) throw new Error(`The template ${name} is missing from this installation.`);
  }
}

/** A template as the build packs it: the wheel of its kit is a file for itself. */
export interface PackedTemplate extends Omit<Template, "kit"> {
  readonly kit?: Omit<Kit, "content">;
}

async function readPacked(file: string, folder: string): Promise<Template> {
  const { kit, ...template } = JSON.parse(await readFile(file, "utf8")) as PackedTemplate;
  if (kit === undefined) return template;
  return { ...template, kit: { ...kit, content: await readFile(join(folder, "service-kit", kit.file)) } };
}
