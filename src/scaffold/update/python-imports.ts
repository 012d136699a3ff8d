/** A conflict in Git's format; the middle part has what both sides changed. */
const hunk = /^<{7} .*\n([\s\S]*?)^\|{7} .*\n([\s\S]*?)^={7}\n([\s\S]*?)^>{7} .*\n/gm;
const plain = /^import [\w.]+$/;
const selective = /^from ([.\w]+) import (\w+(?:, \w+)*)$/;

/** Imported names by statement: `import json` has none, `from .store import` has a list. */
type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Resolves conflicts in which both sides only added or removed Python imports at the same place, because the order of
 * imports has no meaning. Returns undefined if any other conflict remains.
 */
export function mergeImports(marked: string): string | undefined {
  let isResolved = true;
  const merged = marked.replace(hunk, (whole, ours: string, base: string, theirs: string) => {
    const [mine, was, other] = [ours, base, theirs].map(importsOf);
    if (mine !== undefined && was !== undefined && other !== undefined) return written(union(was, mine, other));
    isResolved = false;
    return whole;
  });
  return isResolved && merged !== marked && !/^<{7} /m.test(merged) ? merged : undefined;
}

function importsOf(text: string): Imports | undefined {
  const found = new Map<string, Set<string>>();
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const [, module, names] = selective.exec(line) ?? [];
    if (module === undefined && !plain.test(line)) return undefined;
    const statement = module === undefined ? line : `from ${module} import`;
    found.set(statement, new Set([...(found.get(statement) ?? []), ...(names?.split(", ") ?? [])]));
  }
  return found;
}

/** Returns what either side has, except what one of them removed. */
function union(base: Imports, ours: Imports, theirs: Imports): Imports {
  const merged = new Map<string, ReadonlySet<string>>();
  for (const statement of new Set([...ours.keys(), ...theirs.keys()])) {
    const [was, mine, other] = [base, ours, theirs].map((each) => each.get(statement));
    const isGone = was !== undefined && (mine === undefined || other === undefined);
    const names = [...(mine ?? []), ...(other ?? [])].filter(
      (name) => was?.has(name) !== true || (mine?.has(name) === true && other?.has(name) === true),
    );
    if (!isGone && (names.length > 0 || statement.startsWith("import "))) merged.set(statement, new Set(names));
  }
  return merged;
}

/** Sorts like Ruff: whole modules first, then by the module's name. */
function written(imports: Imports): string {
  return [...imports]
    .map(([statement, names]) => [statement, [...names].toSorted().join(", ")].join(" ").trim())
    .toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1))
    .map((line) => `${line}\n`)
    .join("");
}

function rank(line: string): number {
  return line.startsWith("import ") ? 0 : 1;
}
