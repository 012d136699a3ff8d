import { isMap, isNode, type Document } from "yaml";
import type { Path } from "./fields.ts";

/**
 * Returns the position of a value, or of the key `ofKey` in the mapping at `path`. If it is missing or hidden behind an
 * alias, returns the position of its nearest existing parent.
 */
export function offsetOf(document: Document, path: Path, ofKey?: string): number {
  if (ofKey !== undefined) {
    const parent = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === ofKey) : undefined;
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
