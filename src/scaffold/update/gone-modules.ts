import { readdir, readFile } from "node:fs/promises";
import { join, posix, relative, sep } from "node:path";
import type { Base } from "./base.ts";
import type { Replacement } from "./replaced-files.ts";

/** A line in the service's own code that imports a Python module which an update removed. */
export interface BrokenImport {
  /** Relative to the service. */
  readonly path: string;
  readonly line: number;
  /** In Python's notation: `orders.problems`. */
  readonly module: string;
  /** The module that replaces it; absent if the template names none. */
  readonly now?: string;
}

const statement = /^\s*(?:from\s+(\.*)([\w.]*)\s+import\s+(.*)|import\s+([\w.]+))/;

/** Finds imports in `src/` and `tests/` of Python modules that are in the base but no longer exist. */
export async function brokenImports(
  folder: string,
  { base, next }: { readonly base: Base; readonly next: Base },
  replacement: (path: string) => Replacement,
): Promise<readonly BrokenImport[]> {
  const kept = new Set(next.files.map(({ path }) => path));
  const gone = new Map<string, string>();
  for (const { path } of base.files) {
    const module = kept.has(path) ? undefined : moduleOf(path);
    if (module !== undefined) gone.set(module, path);
  }
  if (gone.size === 0) return [];
  const all = (await Promise.all(["src", "tests"].map((below) => pythonBelow(folder, below)))).flat();
  const still = new Set(all.map(moduleOf));
  // A file that the template removed but that remains as a conflict is a single decision, whatever it imports.
  const files = all.filter((path) => !gone.has(moduleOf(path) ?? ""));
  const missing = (module: string): boolean => gone.has(module) && !still.has(module);
  const found = await Promise.all(
    files.map(async (path) => {
      const lines = (await readFile(join(folder, path), "utf8")).split("\n");
      return lines.flatMap((text, at): BrokenImport[] => {
        const module = importedBy(text, path).find(missing);
        if (module === undefined) return [];
        const { now } = replacement(gone.get(module) ?? "");
        return [{ path, line: at + 1, module, ...(now === undefined ? {} : { now }) }];
      });
    }),
  );
  return found.flat();
}

/** `src/orders/calls/__init__.py` → `orders.calls`. */
function moduleOf(path: string): string | undefined {
  if (!path.endsWith(".py")) return undefined;
  return path
    .replace(/^src\//, "")
    .replace(/(\/__init__)?\.py$/, "")
    .replaceAll("/", ".");
}

/** Returns the modules that a line may import. A name after `import` may be a module, too. */
function importedBy(text: string, path: string): readonly string[] {
  const [, dots = "", from = "", names = "", plain] = statement.exec(text) ?? [];
  if (plain !== undefined) return [plain];
  if (dots === "" && from === "") return [];
  const package_ = posix
    .dirname(path)
    .replace(/^src\//, "")
    .split("/");
  const base = dots === "" ? [] : package_.slice(0, package_.length - dots.length + 1);
  const module = [...base, ...(from === "" ? [] : [from])].join(".");
  return [module, ...names.split(/[\s,()]+/).map((name) => `${module}.${name}`)];
}

async function pythonBelow(folder: string, below: string): Promise<readonly string[]> {
  const entries = await readdir(join(folder, below), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".py"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted();
}
