import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { loadTemplate, type Template } from "./template.ts";

/** A template of this installation of gennet. Sources and bundle lie at different depths below it. */
export async function shippedTemplate(name: string): Promise<Template> {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, "templates", name);
    if (await exists(join(candidate, "template.yaml"))) return loadTemplate(candidate);
    if (dirname(folder) === folder) throw new Error(`The template ${name} is missing from this installation.`);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
