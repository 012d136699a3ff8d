import { isDeepStrictEqual } from "node:util";
import { type Document, isSeq, parseDocument } from "yaml";
import { fields, list } from "../../core/fields.ts";

type Side = "ours" | "theirs";

/** Returns whether a file contains both sides of a merge, with Git's conflict markers. */
export function hasMarkers(text: string): boolean {
  return /^<{7} /m.test(text) && /^>{7} /m.test(text);
}

/**
 * Merges an answers file that contains both sides: each branch added features, dependencies or callers. Returns
 * undefined if they differ in anything else, which the user must decide.
 */
export function withBothSides(text: string): string | undefined {
  const ours = parseDocument(sideOf(text, "ours"));
  const theirs = parseDocument(sideOf(text, "theirs"));
  if (ours.errors.length > 0 || theirs.errors.length > 0) return undefined;
  const [own, other] = [ours, theirs].map((each): unknown => each.toJS());
  const [{ answers, ...head }, { answers: others, ...otherHead }] = [fields(own), fields(other)];
  if (!isDeepStrictEqual(head, otherHead)) return undefined;
  const keys = new Set([...Object.keys(fields(answers)), ...Object.keys(fields(others))]);
  for (const key of keys) {
    const [value, added] = [fields(answers)[key], fields(others)[key]];
    if (isDeepStrictEqual(value, added)) continue;
    if (!Array.isArray(value) || !Array.isArray(added)) return undefined;
    addNames(
      ours,
      key,
      list(others, key).filter((name) => !list(answers, key).includes(name)),
    );
  }
  return ours.toString({ lineWidth: 0 });
}

function addNames(document: Document, key: string, names: readonly unknown[]): void {
  const node = document.getIn(["answers", key], true);
  if (!isSeq(node)) return;
  if (node.items.length === 0) node.flow = false;
  for (const name of names) node.add(document.createNode(name));
}

/** Returns the text of one of the branches. */
function sideOf(text: string, wanted: Side): string {
  let at: Side | "base" | "both" = "both";
  const kept: string[] = [];
  for (const line of text.split("\n")) {
    const marker = /^([<|=>])\1{6}( |$)/.exec(line)?.[1];
    if (marker === "<") at = "ours";
    else if (marker === "|" && at !== "both") at = "base";
    else if (marker === "=" && at !== "both") at = "theirs";
    else if (marker === ">") at = "both";
    else if (at === "both" || at === wanted) kept.push(line);
  }
  return kept.join("\n");
}
