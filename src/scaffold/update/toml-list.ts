import { isDeepStrictEqual } from "node:util";
import type { AST } from "toml-eslint-parser";
import { NodesConflict } from "./merge-nodes.ts";
import { lineEnd, linesAround, plainValue } from "./toml-document.ts";

/** An edit of a text: replaces the range between two offsets with `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A list with the text that contains it. */
export interface TomlList {
  readonly text: string;
  readonly node: AST.TOMLArray;
}

/** Lists of requirements. Each project is in such a list once, whatever its version. Source: PEP 621, 735 and 518. */
const requirements =
  /^(project\.(dependencies|optional-dependencies\..+)|dependency-groups\..+|build-system\.requires)$/;

/**
 * Returns the edits of `ours` that apply the changes of `theirs` since `base`. Lists count as sets: of projects in
 * lists of requirements, of values otherwise. Throws NodesConflict if both sides changed the same element.
 */
export function mergeLists(path: string, base: TomlList, ours: TomlList, theirs: TomlList): readonly TextEdit[] {
  const keyOf = requirements.test(path) ? projectOf : textOf;
  const [was, mine, other] = [base, ours, theirs].map((list) => keyed(list, keyOf)) as [Keyed, Keyed, Keyed];
  const edits: TextEdit[] = [];
  let before: AST.TOMLContentNode | undefined;
  for (const [key, element] of other) {
    const [old, own] = [was.get(key), mine.get(key)];
    if (own === undefined) {
      if (old === undefined) edits.push(insertion(ours, before, theirs, element));
      else if (!same(old, element)) throw new NodesConflict();
      continue;
    }
    before = own;
    if (same(own, element) || (old !== undefined && same(old, element))) continue;
    if (old === undefined || !same(own, old)) throw new NodesConflict();
    edits.push({ start: own.range[0], end: own.range[1], text: theirs.text.slice(...element.range) });
  }
  for (const [key, old] of was) {
    const own = mine.get(key);
    if (own === undefined || other.has(key)) continue;
    if (!same(own, old)) throw new NodesConflict();
    edits.push(removal(ours, own));
  }
  return edits;
}

type Keyed = ReadonlyMap<string, AST.TOMLContentNode>;

function keyed({ text, node }: TomlList, keyOf: (element: string) => string): Keyed {
  const pairs = node.elements.map((element) => {
    const isText = element.type === "TOMLValue" && element.kind === "string";
    return [keyOf(isText ? element.value : text.slice(...element.range)), element] as const;
  });
  const map = new Map(pairs);
  if (map.size !== pairs.length) throw new NodesConflict();
  return map;
}

/** `SQLAlchemy[asyncio] == 2` → `sqlalchemy`. Source: PEP 503 and 508. */
function projectOf(requirement: string): string {
  const [, name] = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(requirement) ?? [];
  return name === undefined ? requirement : name.toLowerCase().replace(/[-_.]+/g, "-");
}

function textOf(element: string): string {
  return element;
}

function same(one: AST.TOMLContentNode, other: AST.TOMLContentNode): boolean {
  return isDeepStrictEqual(plainValue(one), plainValue(other));
}

/** Inserted after its predecessor in the template's list, in the format of this list. */
function insertion(
  { text, node }: TomlList,
  before: AST.TOMLContentNode | undefined,
  theirs: TomlList,
  element: AST.TOMLContentNode,
): TextEdit {
  const written = theirs.text.slice(...element.range);
  const [first] = node.elements;
  if (first === undefined) return at(node.range[0] + 1, written);
  const isLineEach = node.elements.every((each) => each.loc.start.line > node.loc.start.line);
  if (!isLineEach)
    return before === undefined ? at(first.range[0], `${written}, `) : at(before.range[1], `, ${written}`);
  const indent = /^[ \t]*/.exec(text.slice(linesAround(text, ...first.range)[0]))?.[0] ?? "";
  const lines = blockOf(theirs, element).map((line) => `${indent}${line}\n`);
  if (before === undefined) return at(linesAround(text, ...first.range)[0], lines.join(""));
  // The last element may have no comma.
  const comma = /^\s*,/.exec(text.slice(before.range[1]))?.[0];
  if (comma !== undefined) return at(lineEnd(text, before.range[1] + comma.length), lines.join(""));
  return at(before.range[1], `,\n${lines.join("").replace(/,?\n$/, "")}`);
}

/** Returns an element's lines with its comma, and the comments above and after it. */
function blockOf({ text, node }: TomlList, element: AST.TOMLContentNode): readonly string[] {
  const written = text.slice(...element.range);
  if (element.loc.start.line === node.loc.start.line) return [`${written},`];
  const [start, end] = linesAround(text, ...element.range);
  const lines = text
    .slice(start, end)
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
  const last = lines.at(-1) ?? "";
  return [...lines.slice(0, -1), last.startsWith(`${written},`) ? last : last.replace(written, `${written},`)];
}

function removal({ text }: TomlList, element: AST.TOMLContentNode): TextEdit {
  const line: readonly [number, number] = [
    text.lastIndexOf("\n", element.range[0] - 1) + 1,
    lineEnd(text, element.range[1]),
  ];
  const around = text.slice(line[0], element.range[0]) + text.slice(element.range[1], line[1]);
  if (/^[ \t]*,?[ \t]*\n$/.test(around)) return { start: line[0], end: line[1], text: "" };
  const after = /^\s*,[ \t]*/.exec(text.slice(element.range[1]))?.[0].length;
  if (after !== undefined) return { start: element.range[0], end: element.range[1] + after, text: "" };
  const ahead = /,?[ \t]*$/.exec(text.slice(0, element.range[0]))?.[0].length ?? 0;
  return { start: element.range[0] - ahead, end: element.range[1], text: "" };
}

function at(offset: number, text: string): TextEdit {
  return { start: offset, end: offset, text };
}
