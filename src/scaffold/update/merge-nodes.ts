import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from "yaml";

/** Thrown if both sides changed the same value differently. */
export class NodesConflict extends Error {}

/** The keys that identify a list element in Kubernetes and most other formats. */
const identities = ["name", "id", "key", "containerPort", "port", "uses", "path"];

/**
 * Merges `theirs` into `ours`. Changes `ours` in place, so that its comments, order and quoting stay. Returns the node
 * that replaces `ours`. Throws NodesConflict.
 */
export function mergeNodes(base: unknown, ours: unknown, theirs: unknown): unknown {
  if (same(ours, theirs) || same(base, theirs)) return ours;
  if (same(base, ours)) return theirs;
  if (isMap(ours) && isMap(theirs) && (base === undefined || isMap(base))) return mergeMaps(base, ours, theirs);
  if (isSeq(ours) && isSeq(theirs) && isSeq(base)) return mergeLists(base, ours, theirs);
  throw new NodesConflict();
}

function mergeMaps(base: YAMLMap | undefined, ours: YAMLMap, theirs: YAMLMap): YAMLMap {
  const keys = theirs.items.map((pair) => keyOf(pair));
  const gone = (base?.items ?? []).map((pair) => keyOf(pair)).filter((key) => !keys.includes(key));
  for (const key of [...keys, ...gone]) {
    const [was, mine, other] = [base && pairOf(base, key), pairOf(ours, key), pairOf(theirs, key)];
    const merged = mergeNodes(was?.value, mine?.value, other?.value);
    if (mine === undefined && merged !== undefined && other !== undefined) {
      const before = keys.slice(0, keys.indexOf(key)).findLast((each) => pairOf(ours, each) !== undefined);
      const at = ours.items.findIndex((pair) => keyOf(pair) === before) + 1;
      ours.items.splice(at, 0, other);
    } else if (mine !== undefined && merged === undefined) {
      ours.items.splice(ours.items.indexOf(mine), 1);
    } else if (mine !== undefined && merged !== mine.value) {
      mine.value = keepComment(mine.value, merged);
    }
  }
  return ours;
}

function mergeLists(base: YAMLSeq, ours: YAMLSeq, theirs: YAMLSeq): YAMLSeq {
  const identify = identityOf([base, ours, theirs]);
  const find = (list: YAMLSeq, id: unknown): unknown => list.items.find((item) => identify(item) === id);
  const ids = theirs.items.map(identify);
  const gone = base.items.map(identify).filter((id) => !ids.includes(id));
  for (const id of [...ids, ...gone]) {
    const [mine, other] = [find(ours, id), find(theirs, id)];
    const merged = mergeNodes(find(base, id), mine, other);
    if (mine === undefined && merged !== undefined) {
      const before = ids.slice(0, ids.indexOf(id)).findLast((each) => find(ours, each) !== undefined);
      const at = before === undefined ? 0 : ours.items.findIndex((item) => identify(item) === before) + 1;
      ours.items.splice(at, 0, merged);
    } else if (mine !== undefined && merged === undefined) {
      ours.items.splice(ours.items.indexOf(mine), 1);
    } else if (mine !== undefined && merged !== mine) {
      ours.items.splice(ours.items.indexOf(mine), 1, keepComment(mine, merged));
    }
  }
  return ours;
}

/** Returns how to identify the elements of all these lists. Throws NodesConflict if there is no way. */
function identityOf(lists: readonly YAMLSeq[]): (item: unknown) => unknown {
  const scalar = (item: unknown): unknown => (isScalar(item) ? item.value : undefined);
  const byKey = identities.map((key) => (item: unknown) => (isMap(item) ? item.get(key) : undefined));
  const tells = [scalar, ...byKey].find((identify) =>
    lists.every((list) => {
      const ids = list.items.map(identify);
      return !ids.includes(undefined) && !ids.some((id) => typeof id === "object") && new Set(ids).size === ids.length;
    }),
  );
  if (tells === undefined) throw new NodesConflict();
  return tells;
}

function pairOf(map: YAMLMap, key: unknown): Pair | undefined {
  return map.items.find((pair) => keyOf(pair) === key);
}

function keyOf(pair: Pair): unknown {
  return isScalar(pair.key) ? pair.key.value : pair.key;
}

/** Replacing this node would drop a comment of the user. */
function keepComment(mine: unknown, merged: unknown): unknown {
  if (!isScalar(mine) || !isScalar(merged)) return merged;
  merged.comment ??= mine.comment ?? null;
  merged.commentBefore ??= mine.commentBefore ?? null;
  return merged;
}

function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

function plain(node: unknown): unknown {
  if (isMap(node)) return new Map(node.items.map((pair) => [keyOf(pair), plain(pair.value)]));
  if (isSeq(node)) return node.items.map(plain);
  if (isScalar(node)) return [node.tag ?? "", node.value];
  return node;
}
