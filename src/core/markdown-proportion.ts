import type { Nodes, Root } from "mdast";

/** Three times what a document has that a person wrote: lists in lists, with emphasis inside. */
const deepest = 300;
/** The parser takes a few seconds for it. */
const mostWork = 3e7;

/** Quotes and list items that begin in a line, with their indentation. */
const containers = /^(?:[ \t>]|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))+/gm;

/**
 * Returns whether a document is too deep or too dense to be parsed: the parser's time grows faster than the depth of
 * quotes and lists, and with the square of the marks and lines in a paragraph. The numbers are measured.
 */
export function isOutOfProportion(source: string): boolean {
  let work = 0;
  for (const [margin] of source.matchAll(containers)) {
    const marks = margin.replaceAll(/[ \t]/g, "").length;
    work += 30 * marks ** 2 + margin.length ** 2 / 4;
  }
  for (const part of source.split(/\n[ \t]*\n/)) {
    const lines = part.match(/\n/g)?.length ?? 0;
    const marks = part.match(/[*_~`<![\]]/g)?.length ?? 0;
    work += (marks + lines / 2) ** 2;
  }
  return work > mostWork;
}

/** Returns whether nodes are nested deeper than a recursive function should follow. */
export function isTooDeep(root: Root): boolean {
  const open: (readonly [node: Nodes, depth: number])[] = [[root, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, depth] = next;
    if (depth > deepest) return true;
    if ("children" in node) for (const child of node.children) open.push([child, depth + 1]);
  }
  return false;
}
