import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Kit } from "./kit.ts";
import { metadataOf, readProject } from "./metadata.ts";
import { zip, type ZipEntry } from "./zip.ts";

const wheelFile = "Wheel-Version: 1.0\nGenerator: gennet\nRoot-Is-Purelib: true\nTag: py3-none-any\n";

/**
 * Builds the wheel of a Python project that consists of one pure package in `src/`. The same sources always produce the
 * same bytes, on any machine and without Python. Source: packaging.python.org, "Binary distribution format".
 */
export async function buildWheel(folder: string): Promise<Kit> {
  const project = readProject(await readFile(join(folder, "pyproject.toml"), "utf8"));
  const readme = await readFile(join(folder, project.readme), "utf8");
  const distribution = project.name.replaceAll("-", "_");
  const info = `${distribution}-${project.version}.dist-info`;
  const entries = [
    ...(await filesBelow(join(folder, "src"), distribution)),
    entry(`${info}/METADATA`, metadataOf(project, readme)),
    entry(`${info}/WHEEL`, wheelFile),
  ];
  const record = [...entries.map(recordLine), `${info}/RECORD,,`, ""].join("\n");
  const content = zip([...entries, entry(`${info}/RECORD`, record)]);
  const file = `${distribution}-${project.version}-py3-none-any.whl`;
  return { name: project.name, version: project.version, file, content };
}

/** Returns the files of a package, by name, without caches and other files that Python or tools generate. */
async function filesBelow(root: string, below: string): Promise<readonly ZipEntry[]> {
  const found = await readdir(join(root, below), { recursive: true, withFileTypes: true });
  const files = found
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .filter((path) => !/[/\\](__pycache__|\.[^/\\]+)[/\\]|\.pyc$|[/\\]\.[^/\\]+$/.test(relative(root, path)));
  const named = files.map((path) => ({ path, name: relative(root, path).split(sep).join("/") }));
  const sorted = named.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return Promise.all(sorted.map(async ({ path, name }) => ({ name, content: await readFile(path) })));
}

function entry(name: string, text: string): ZipEntry {
  return { name, content: Buffer.from(text, "utf8") };
}

function recordLine({ name, content }: ZipEntry): string {
  return `${name},sha256=${createHash("sha256").update(content).digest("base64url")},${content.length}`;
}
