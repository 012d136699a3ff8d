import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isThere } from "../core/is-there.ts";
import type { Template } from "./template.ts";

/**
 * A template of this installation of gennet. Beside the bundle it is one file, made and checked by its build: reading
 * that takes a tenth of the time. Sources read the folder.
 */
export async function shippedTemplate(name: string): Promise<Template> {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, "templates", name);
    if (await isThere(`${candidate}.json`)) return JSON.parse(await readFile(`${candidate}.json`, "utf8")) as Template;
    if (await isThere(join(candidate, "template.yaml"))) return (await import("./template.ts")).loadTemplate(candidate);
    if (dirname(folder) === folder) throw new Error(`The template ${name} is missing from this installation.`);
  }
}
