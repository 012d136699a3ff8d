import { parseTOML, ParseError, type AST } from "toml-eslint-parser";

/** A range in a text; its end is exclusive. */
export type Span = readonly [start: number, end: number];

/** A key with its value. */
export interface TomlEntry {
  /** The key within its table, as JSON. */
  readonly id: string;
  /** The path of keys from the root of the document. */
  readonly path: readonly (string | number)[];
  readonly value: AST.TOMLContentNode;
  /** Whole lines, with the comments directly above. */
  readonly lines: Span;
}

/** A header and everything up to the next one; the first table has no header. */
export interface TomlTable {
  readonly id: string;
  /** Whole lines, with the comments directly above, up to the blank lines before the next table. */
  readonly lines: Span;
  /** The end of the header's line. */
  readonly bodyStart: number;
  readonly entries: readonly TomlEntry[];
}

export interface TomlDocument {
  readonly text: string;
  readonly tables: readonly TomlTable[];
  readonly comments: readonly string[];
}

/** Returns undefined if the text is not TOML. */
export function readToml(text: string): TomlDocument | undefined {
  try {
    const { body, comments } = parseTOML(text, { tomlVersion: "1.1" });
    const [root] = body;
    const loose = root.body.filter((node) => node.type === "TOMLKeyValue");
    const tables = root.body.filter((node) => node.type === "TOMLTable");
    const all = [tableOf(text, [], 0, 0, loose)];
    for (const each of tables) {
      all.push(tableOf(text, each.resolvedKey, each.range[0], each.key.range[1], each.body));
    }
    return { text, tables: all, comments: comments.map(({ value }) => value.trim()) };
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

function tableOf(
  text: string,
  key: readonly (string | number)[],
  start: number,
  header: number,
  body: readonly AST.TOMLKeyValue[],
): TomlTable {
  const isRoot = key.length === 0;
  const end = Math.max(header, ...body.map(({ range }) => range[1]));
  return {
    id: JSON.stringify(key),
    lines: isRoot && body.length === 0 ? [0, 0] : linesAround(text, body[0] && isRoot ? body[0].range[0] : start, end),
    bodyStart: isRoot ? 0 : lineEnd(text, header),
    entries: body.map((node) => {
      const own = node.key.keys.map((each) => (each.type === "TOMLBare" ? each.name : each.value));
      const lines = linesAround(text, node.range[0], node.range[1]);
      return { id: JSON.stringify(own), path: [...key, ...own], value: node.value, lines };
    }),
  };
}

/** Extends a range to whole lines, including the comment lines directly above. */
export function linesAround(text: string, start: number, end: number): Span {
  let from = text.lastIndexOf("\n", start - 1) + 1;
  for (;;) {
    const before = text.lastIndexOf("\n", from - 2) + 1;
    if (from === 0 || !text.slice(before, from).trimStart().startsWith("#")) break;
    from = before;
  }
  return [from, lineEnd(text, end)];
}

/** Returns the start of the line after an offset. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at === -1 ? text.length : at + 1;
}

/** Returns a value without its formatting, for comparison. */
export function plainValue(node: AST.TOMLContentNode): unknown {
  switch (node.type) {
    case "TOMLArray":
      return node.elements.map(plainValue);
    case "TOMLInlineTable":
      return node.body.map(({ key, value }) => [
        key.keys.map((each) => (each.type === "TOMLBare" ? each.name : each.value)),
        plainValue(value),
      ]);
    default:
      return [node.kind, node.kind === "string" ? node.value : String(node.value)];
  }
}
