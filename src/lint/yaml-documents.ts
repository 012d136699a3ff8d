import { type Document, LineCounter, parseDocument, type ParseOptions, type SchemaOptions, type Tags } from "yaml";
import { moreIndented, type Shifted } from "./lenient-indent.ts";

/** One document of a file, read as kubectl, Kustomize and Argo CD read it. */
export interface YamlDocument {
  readonly text: string;
  /** The line of the file on which it begins, from 1. */
  readonly line: number;
  readonly document: Document.Parsed;
  /** The line and column in the file, from 1, of an offset into the document as it was parsed. */
  readonly place: (offset: number) => { readonly line: number; readonly column: number };
}

/**
 * What go-yaml v2 makes of plain scalars (sigs.k8s.io/yaml, goyaml.v2/resolve.go): those of YAML 1.1, but no numbers
 * to the base 60 and no dates. A key that is there twice counts as it stands last.
 */
const options: ParseOptions & SchemaOptions & { readonly version: "1.1"; readonly prettyErrors: false } = {
  version: "1.1",
  schema: "yaml-1.1",
  merge: true,
  uniqueKeys: false,
  prettyErrors: false,
  customTags: (tags: Tags): Tags =>
    tags.filter((tag) => typeof tag === "string" || (tag.format !== "TIME" && !tag.tag.endsWith(":timestamp"))),
};

/** Each round indents one place; a file that needs more is no manifest. */
const mostRounds = 50;

/** Cuts the text into documents. `cut` alone is cheap: parsing is done where a document is asked for. */
export function cutDocuments(content: string): readonly { readonly text: string; readonly line: number }[] {
  const documents: { text: string; line: number }[] = [];
  let open: string[] = [];
  let start = 1;
  // A line that begins with three dashes or dots stands between documents: the text of a scalar is indented.
  for (const [index, line] of content.split("\n").entries()) {
    const isEnd = /^\.\.\.(\s|$)/.test(line);
    if ((isEnd || /^---(\s|$)/.test(line)) && open.length > 0) {
      documents.push({ text: open.join("\n"), line: start });
      open = [];
      start = isEnd ? index + 2 : index + 1;
    }
    if (!isEnd) open.push(line);
  }
  return [...documents, { text: open.join("\n"), line: start }];
}

/** YAML takes every line break for a line feed, and a byte order mark for nothing (YAML 1.1, 4.1.4 and 5.2). */
export function withPlainLines(content: string): string {
  return content.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
}

/** Parses a document; what is wrong with it is in its `errors`. */
export function readDocument({ text, line }: { readonly text: string; readonly line: number }): YamlDocument {
  let shifted: Shifted = { text, columns: new Map() };
  let lines = new LineCounter();
  let document = parseDocument(text, { ...options, lineCounter: lines, logLevel: "silent" });
  for (let round = 0; round < mostRounds && document.errors.length > 0; round++) {
    const next = moreIndented(shifted, document);
    if (next === undefined) break;
    const counter = new LineCounter();
    const parsed = parseDocument(next.text, { ...options, lineCounter: counter, logLevel: "silent" });
    [shifted, document, lines] = [next, parsed, counter];
  }
  return {
    text,
    line,
    document,
    place: (offset) => {
      const found = lines.linePos(offset);
      const at = Math.max(found.line, 1);
      return { line: at + line - 1, column: Math.max(found.col - (shifted.columns.get(at - 1) ?? 0), 1) };
    },
  };
}

/** Plain data of a document. Throws where aliases lead nowhere, or multiply without end. */
export function valueOf({ document }: YamlDocument): unknown {
  return document.toJS({ maxAliasCount: 1000 });
}
