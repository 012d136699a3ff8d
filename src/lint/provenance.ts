import { isDeepStrictEqual } from "node:util";
import type { FileLocation } from "../core/finding.ts";
import { field, type Fields, isFields, type Path } from "./fields.ts";
import type { FieldSource } from "./patch-sources.ts";

/**
 * Returns where the field of a built object was written, or its nearest parent that was: the object's own document is
 * `sources[0]`, patches follow in the order in which they were applied. Items of lists are told by what they are, not
 * by their index, which a patch may have changed.
 */
export function writtenAt(object: Fields, sources: readonly FieldSource[], path: Path): FileLocation | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const value = field(object, ...path.slice(0, depth));
    if (value === undefined) continue;
    const found = sources.flatMap((source) => {
      const own = pathIn(source.value, object, path.slice(0, depth));
      return own === undefined ? [] : [{ source, own }];
    });
    // A patch has the last word about a value, while what a mapping is declared by is the first to have it.
    const isScalar = !isFields(value) && !Array.isArray(value);
    const same = found.find(({ source, own }) => isScalar && field(source.value, ...own) === value);
    const chosen = same ?? (isScalar ? found.at(-1) : found[0]);
    if (chosen !== undefined) return chosen.source.locate([...chosen.own, ...missing(path, depth)]);
  }
  return sources[0]?.locate([]);
}

/** What is asked for below a field that is there: its document may have it as null. */
function missing(path: Path, depth: number): Path {
  return path.slice(depth).every((key) => typeof key === "string") ? path.slice(depth) : [];
}

/** The path by which another document reaches what a path of the object reaches. */
function pathIn(document: unknown, object: unknown, path: Path): Path | undefined {
  const own: (string | number)[] = [];
  let at: unknown = document;
  let built: unknown = object;
  for (const key of path) {
    built = field(built, key);
    const next = typeof key === "number" ? indexOf(at, built, key) : key;
    if (next === undefined) return undefined;
    at = field(at, next);
    if (at === undefined) return undefined;
    own.push(next);
  }
  return own;
}

/** The keys by which Kubernetes and Istio tell the items of their lists apart. */
const identities = ["name", "containerPort", "port", "mountPath", "key", "ip", "host"];

function indexOf(list: unknown, item: unknown, index: number): number | undefined {
  if (!Array.isArray(list)) return undefined;
  const items: readonly unknown[] = list;
  const key = identities.find((each) => field(item, each) !== undefined);
  const same = items.findIndex((each) =>
    key === undefined ? isDeepStrictEqual(each, item) : isDeepStrictEqual(field(each, key), field(item, key)),
  );
  if (same >= 0) return same;
  // Without an identity, or below an index of a JSON patch, the place in the list is all there is.
  const there = items[index];
  return isFields(item) && isFields(there) && (key === undefined || field(there, key) === undefined)
    ? index
    : undefined;
}
