import { isDeepStrictEqual } from "node:util";
import type { FileLocation } from "../core/finding.ts";
import { field, type PlainFields, isFields, type Path } from "./fields.ts";
import type { FieldSource } from "./patch-sources.ts";

/**
 * Returns where a field of a built object, or its nearest existing parent, was written. The object's own document is
 * `sources[0]`; patches follow in the order of application. List items are identified by their content instead of their
 * index, which a patch may have changed.
 */
export function writtenAt(object: PlainFields, sources: readonly FieldSource[], path: Path): FileLocation | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const value = field(object, ...path.slice(0, depth));
    if (value === undefined) continue;
    const found = sources.flatMap((source) => {
      const own = pathIn(source.value, object, path.slice(0, depth));
      return own === undefined ? [] : [{ source, own }];
    });
    // The last source wins for a value, but the first one declares a mapping.
    const isScalar = !isFields(value) && !Array.isArray(value);
    const same = found.find(({ source, own }) => isScalar && field(source.value, ...own) === value);
    const chosen = same ?? (isScalar ? found.at(-1) : found[0]);
    if (chosen !== undefined) return chosen.source.locate([...chosen.own, ...missing(path, depth)]);
  }
  return sources[0]?.locate([]);
}

/** The missing part of the path: the document may have it as null. */
function missing(path: Path, depth: number): Path {
  return path.slice(depth).every((key) => typeof key === "string") ? path.slice(depth) : [];
}

/** Returns the path in another document that corresponds to a path in the object. */
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

/** The keys that identify list items in Kubernetes and Istio. */
const identities = ["name", "containerPort", "port", "mountPath", "key", "ip", "host"];

function indexOf(list: unknown, item: unknown, index: number): number | undefined {
  if (!Array.isArray(list)) return undefined;
  const items: readonly unknown[] = list;
  const key = identities.find((each) => field(item, each) !== undefined);
  const same = items.findIndex((each) =>
    key === undefined ? isDeepStrictEqual(each, item) : isDeepStrictEqual(field(each, key), field(item, key)),
  );
  if (same >= 0) return same;
  // Without an identity, or below an index in a JSON patch, only the position in the list is left.
  const there = items[index];
  return isFields(item) && isFields(there) && (key === undefined || field(there, key) === undefined)
    ? index
    : undefined;
}
