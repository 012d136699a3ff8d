import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";
import { repository } from "./cli.ts";
import { nonEmpty } from "./non-empty.ts";

export interface Source {
  /** Relative to the repository: `src/core/exit.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** The specifier of a package, or the path of a source file relative to the repository. */
  readonly target: string;
  /** Type-only, erased by the compiler. */
  readonly typeOnly: boolean;
  /** `import()`, loaded on demand. */
  readonly lazy: boolean;
}

/** The folders with gennet's TypeScript: the product and the sandbox. */
export const sourceFolders = ["src", "sandbox/src"];

/**
 * Returns the files below a folder whose names have one of these endings. Throws if there are none, because a rule about
 * them would prove nothing.
 */
export function sourcesIn(folder: string, ...endings: readonly string[]): Source[] {
  const paths = readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes("node_modules"));
  return nonEmpty(paths)
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(repository, path), "utf8") }));
}

export function importsOf(source: Source): Import[] {
  const { module, errors } = parseSync(source.path, source.text);
  if (errors.length > 0) throw new Error(`${source.path}: ${errors[0]?.message}`);
  const target = (specifier: string): string =>
    specifier.startsWith(".") ? join(dirname(source.path), specifier) : specifier;
  const imports: Import[] = module.staticImports.map((each) => ({
    target: target(each.moduleRequest.value),
    typeOnly: each.entries.length > 0 && each.entries.every((entry) => entry.isType),
    lazy: false,
  }));
  for (const statement of module.staticExports) {
    for (const entry of statement.entries) {
      if (entry.moduleRequest === null) continue;
      imports.push({ target: target(entry.moduleRequest.value), typeOnly: entry.isType, lazy: false });
    }
  }
  for (const each of module.dynamicImports) {
    const literal = source.text.slice(each.moduleRequest.start, each.moduleRequest.end);
    if (/^["'].*["']$/.test(literal))
      imports.push({ target: target(literal.slice(1, -1)), typeOnly: false, lazy: true });
  }
  return imports;
}
