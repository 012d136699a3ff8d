import { type Document, LineCounter, parseDocument, type ParseOptions, type SchemaOptions, type Tags } from "yaml";
import { moreIndented, type Shifted } from "./lenient-indent.ts";

/** Whose rules apply to a document: those of kubectl, Kustomize and Argo CD, or those of Backstage. */
export type Dialect = "kubernetes" | "backstage";

/** One document of a file, parsed the way the program that uses it does. */
export interface YamlDocument {
  readonly text: string;
  /** The line of the file on which the document begins, from 1. */
  readonly line: number;
  readonly document: Document.Parsed;
  /** Returns the line and column in the file, from 1, for an offset in the parsed document. */
  readonly place: (offset: number) => { readonly line: number; readonly column: number };
}

type Options = ParseOptions & SchemaOptions & { readonly version: "1.1" | "1.2" };

/**
 * How go-yaml v2 resolves plain scalars (sigs.k8s.io/yaml, goyaml.v2/resolve.go): as in YAML 1.1, but without base-60
 * numbers and dates. Of two equal keys, the last one counts.
 */
const kubernetes: Options = {
  version: "1.1",
  schema: "yaml-1.1",
  merge: true,
  uniqueKeys: false,
  customTags: (tags: Tags): Tags =>
    tags.filter((tag) => typeof tag === "string" || (tag.format !== "TIME" && !tag.tag.endsWith(":timestamp"))),
};

/**
 * The defaults of the `yaml` package (backstage, catalog-backend, parseEntityYaml): YAML 1.2, and no duplicate keys.
 */
const backstage: Options = { version: "1.2" };

const options: Readonly<Record<Dialect, Options>> = { kubernetes, backstage };

/** Each round indents one place; a file that needs more rounds is not a manifest. */
const mostRounds = 50;

/** Splits the text into documents. `cut` alone is cheap: a document is parsed when it is first used. */
export function cutDocuments(content: string): readonly { readonly text: string; readonly line: number }[] {
  const documents: { text: string; line: number }[] = [];
  let open: string[] = [];
  let start = 1;
  // A line that begins with three dashes or dots separates documents: the text of a scalar is indented.
  for (const [index, line] of content.split("\n").entries()) {
    const isEnd = /^\.\.\.(\s|$)/.test(line);
    const isStart = /^---(\s|$)/.test(line) && !isHead(open);
    if ((isEnd || isStart) && open.length > 0) {
      documents.push({ text: open.join("\n"), line: start });
      open = [];
      start = isEnd ? index + 2 : index + 1;
    }
    if (!isEnd) open.push(line);
  }
  return [...documents, { text: open.join("\n"), line: start }];
}

/** Directives such as `%YAML 1.2`, and comments, belong to the document that the next `---` begins. */
function isHead(lines: readonly string[]): boolean {
  return lines.every((line) => /^(%|\s*(#|$))/.test(line));
}

/** Normalizes line breaks to line feeds and removes a byte order mark (YAML 1.1, 4.1.4 and 5.2). */
export function withPlainLines(content: string): string {
  return content.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
}

/** Parses a document; problems are in its `errors`. Throws RangeError if it is nested too deeply for the stack. */
export function readDocument(
  { text, line }: { readonly text: string; readonly line: number },
  dialect: Dialect = "kubernetes",
): YamlDocument {
  const parse = (written: string, lineCounter: LineCounter): Document.Parsed =>
    parseDocument(written, { ...options[dialect], lineCounter, prettyErrors: false, logLevel: "silent" });
  let shifted: Shifted = { text, columns: new Map() };
  let lines = new LineCounter();
  let document = parse(text, lines);
  // Backstage uses the same parser, but does not accept such indentation.
  const rounds = dialect === "kubernetes" ? mostRounds : 0;
  for (let round = 0; round < rounds && document.errors.length > 0; round++) {
    const next = moreIndented(shifted, document);
    if (next === undefined) break;
    const counter = new LineCounter();
    [shifted, document, lines] = [next, parse(next.text, counter), counter];
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

/** Returns the plain data of a document. Throws if aliases refer to nothing or expand without end. */
export function valueOf({ document }: YamlDocument): unknown {
  return document.toJS({ maxAliasCount: 1000 });
}
