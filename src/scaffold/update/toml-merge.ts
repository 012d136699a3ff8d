import { isDeepStrictEqual } from "node:util";
import type { Sides } from "./added-lines.ts";
import { NodesConflict } from "./merge-nodes.ts";
import { readToml, type TomlDocument, type TomlEntry, type TomlTable, plainValue } from "./toml-document.ts";
import { mergeLists, type TextEdit } from "./toml-list.ts";

/**
 * Merges TOML by structure, as edits of our text that keep its comments, order and formatting. Returns undefined if a
 * text is not TOML, or a comment of either side would be lost. Throws NodesConflict if both sides changed the same
 * value.
 */
export function mergeToml(sides: Sides): string | undefined {
  const [base, ours, theirs] = [sides.base, sides.ours, sides.theirs].map(readToml);
  if (base === undefined || ours === undefined || theirs === undefined) return undefined;
  const merged = readToml(applied(ours.text, tableEdits(base, ours, theirs)));
  if (merged === undefined) return undefined;
  const kept = [ours, theirs].every((side) => keepsAdded(base.comments, side.comments, merged.comments));
  return kept ? merged.text : undefined;
}

function tableEdits(base: TomlDocument, ours: TomlDocument, theirs: TomlDocument): TextEdit[] {
  const edits: TextEdit[] = [];
  let before: TomlTable | undefined;
  for (const table of theirs.tables) {
    const [old, own] = [base, ours].map(({ tables }) => tables.find(({ id }) => id === table.id));
    if (own !== undefined) {
      edits.push(...entryEdits({ doc: base, table: old }, { doc: ours, table: own }, { doc: theirs, table }));
      before = own;
    } else if (old === undefined) {
      const offset = before?.lines[1] ?? ours.text.length;
      edits.push({ start: offset, end: offset, text: `\n${theirs.text.slice(...table.lines)}` });
    } else if (!isDeepStrictEqual(plainTable(old), plainTable(table))) throw new NodesConflict();
  }
  for (const old of base.tables.filter(({ id }) => !theirs.tables.some((each) => each.id === id))) {
    const own = ours.tables.find(({ id }) => id === old.id);
    if (own === undefined) continue;
    if (!isDeepStrictEqual(plainTable(own), plainTable(old))) throw new NodesConflict();
    const blank = /^\n/.exec(ours.text.slice(own.lines[1]))?.[0].length ?? 0;
    edits.push({ start: own.lines[0], end: own.lines[1] + blank, text: "" });
  }
  return edits;
}

interface Side<T extends TomlTable | undefined> {
  readonly doc: TomlDocument;
  readonly table: T;
}

function entryEdits(base: Side<TomlTable | undefined>, ours: Side<TomlTable>, theirs: Side<TomlTable>): TextEdit[] {
  const edits: TextEdit[] = [];
  let offset = ours.table.bodyStart;
  for (const entry of theirs.table.entries) {
    const [old, own] = [base.table, ours.table].map((table) => table?.entries.find(({ id }) => id === entry.id));
    if (own !== undefined) {
      edits.push(...valueEdits([base.doc, old], [ours.doc, own], [theirs.doc, entry]));
      offset = own.lines[1];
    } else if (old === undefined) {
      edits.push({ start: offset, end: offset, text: theirs.doc.text.slice(...entry.lines) });
    } else if (!same(old, entry)) throw new NodesConflict();
  }
  for (const old of base.table?.entries ?? []) {
    const own = ours.table.entries.find(({ id }) => id === old.id);
    if (own === undefined || theirs.table.entries.some(({ id }) => id === old.id)) continue;
    if (!same(own, old)) throw new NodesConflict();
    edits.push({ start: own.lines[0], end: own.lines[1], text: "" });
  }
  return edits;
}

type Placed<T> = readonly [TomlDocument, T];

function valueEdits(
  [was, old]: Placed<TomlEntry | undefined>,
  [mine, own]: Placed<TomlEntry>,
  [other, entry]: Placed<TomlEntry>,
): readonly TextEdit[] {
  if (same(own, entry) || (old !== undefined && same(old, entry))) return [];
  const [a, b, c] = [old?.value, own.value, entry.value];
  const list = (doc: TomlDocument, node: typeof b) =>
    node.type === "TOMLArray" ? { text: doc.text, node } : undefined;
  const [base, ours, theirs] = [a && list(was, a), list(mine, b), list(other, c)];
  // A list that only the template changed keeps its formatting here, too.
  if (base && ours && theirs) return mergeLists(entry.path.join("."), base, ours, theirs);
  if (old === undefined || !same(own, old)) throw new NodesConflict();
  return [{ start: b.range[0], end: b.range[1], text: other.text.slice(...c.range) }];
}

function same(one: TomlEntry, other: TomlEntry): boolean {
  return isDeepStrictEqual(plainValue(one.value), plainValue(other.value));
}

function plainTable({ entries }: TomlTable): unknown {
  return entries.map(({ id, value }) => [id, plainValue(value)]);
}

/**
 * Applied from the last to the first, so that offsets stay valid. At the same offset, removals come first, then
 * insertions in their order.
 */
function applied(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits
    .map((edit, at) => ({ ...edit, at }))
    .sort((a, b) => b.start - a.start || b.end - a.end || b.at - a.at);
  return ordered.reduce((done, { start, end, text: put }) => done.slice(0, start) + put + done.slice(end), text);
}

function keepsAdded(base: readonly string[], side: readonly string[], merged: readonly string[]): boolean {
  const count = (list: readonly string[], each: string): number => list.filter((other) => other === each).length;
  return side.every((each) => count(side, each) <= count(base, each) || count(merged, each) >= count(side, each));
}
