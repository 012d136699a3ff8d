import { isCollection, isMap, isNode, LineCounter, parseDocument, visit, type Document } from "yaml";
import type { SourceLocation } from "../core/finding.ts";
import { type Fields, isFields, list, type Path, text } from "./fields.ts";
import { groupOf, type Manifest } from "./manifest.ts";

/** What a file holds: objects, documents that are none, and what stopped reading. */
export interface ParsedFile {
  readonly file: string;
  readonly manifests: readonly Manifest[];
  /** Plain data of every document that is no Kubernetes object: patches and kustomizations without a kind. */
  readonly others: readonly Manifest[];
  readonly unreadable: readonly Unreadable[];
}

export interface Unreadable {
  readonly location: SourceLocation;
  readonly summary: string;
  /** A template is no mistake, but nothing can be said about what it becomes. */
  readonly template: boolean;
}

/** Definitions of kinds say nothing that a rule asks, and are by far the largest objects there are. */
const definition = /^kind: *["']?CustomResourceDefinition\b/m;
const itIsATemplate = "a template: it is no YAML until it is rendered";
const kubernetes = /^\s*(- )?apiVersion:/m;

/**
 * Reads the documents of a YAML file. `file` is how the file is called in findings; one that lies in a chart's
 * templates is a template wherever it has braces, even where it happens to be YAML.
 */
export function parseManifests(file: string, written: string, inChart: boolean): ParsedFile {
  const content = withPlainLines(written);
  const brace = content.split("\n").findIndex((line) => line.includes("{{"));
  if (inChart && brace >= 0) {
    const location = { file, line: brace + 1, column: 1 };
    return { file, manifests: [], others: [], unreadable: [{ location, summary: itIsATemplate, template: true }] };
  }
  const manifests: Manifest[] = [];
  const others: Manifest[] = [];
  const unreadable: Unreadable[] = [];
  for (const source of split(content)) {
    if (definition.test(source.text)) continue;
    const lines = new LineCounter();
    const document = parseDocument(source.text, {
      lineCounter: lines,
      prettyErrors: false,
      merge: true,
      logLevel: "silent",
    });
    const at = (offset: number): SourceLocation => {
      const { line, col } = lines.linePos(offset);
      return { file, line: Math.max(line, 1) + source.line - 1, column: Math.max(col, 1) };
    };
    const problem = whyUnreadable(document, source.text, at);
    if (problem !== undefined) {
      if (problem.template || kubernetes.test(source.text)) unreadable.push(problem);
      continue;
    }
    const locate = (path: Path): SourceLocation => at(offsetOf(document, path));
    for (const { value, path } of objectsIn(withoutNulls(document.toJS({ maxAliasCount: 1000 })))) {
      const manifest = toManifest(file, value, source, (below) => locate([...path, ...below]));
      (manifest.group === "" && manifest.kind === "" ? others : manifests).push(manifest);
    }
  }
  const templates = unreadable.filter(({ template }) => template);
  return { file, manifests, others, unreadable: templates.length > 0 ? templates.slice(0, 1) : unreadable };
}

/** YAML takes every line break for a line feed, and a byte order mark for nothing (YAML 1.1, 4.1.4 and 5.2). */
function withPlainLines(content: string): string {
  return content.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
}

/** A field that is null is the same as one that is left out, for the API server and so for every rule. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(withoutNulls);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === null ? [] : [[key, withoutNulls(each)]])),
  );
}

/** A line that begins with three dashes separates documents wherever it stands: the text of a scalar is indented. */
function split(content: string): { text: string; line: number }[] {
  const documents: { text: string; line: number }[] = [];
  let open: string[] = [];
  let start = 1;
  for (const [index, line] of content.split("\n").entries()) {
    if (/^---(\s|$)/.test(line) && open.length > 0) {
      documents.push({ text: open.join("\n"), line: start });
      open = [];
      start = index + 1;
    }
    open.push(line);
  }
  return [...documents, { text: open.join("\n"), line: start }];
}

function whyUnreadable(
  document: Document.Parsed,
  content: string,
  at: (offset: number) => SourceLocation,
): Unreadable | undefined {
  const [error] = document.errors;
  const brace = content.indexOf("{{");
  if (error !== undefined) {
    const template = brace >= 0 || /<%|^\s*\{%/m.test(content);
    const summary = template ? itIsATemplate : `no valid YAML: ${error.message}`;
    return { location: at(template && brace >= 0 ? brace : error.pos[0]), summary, template };
  }
  // `key: {{ .Values.x }}` is YAML by accident: a mapping with a mapping for its key.
  let template: number | undefined;
  visit(document, {
    Pair: (_, { key }) => {
      if (isCollection(key)) template ??= key.range?.[0] ?? 0;
      return template === undefined ? undefined : visit.BREAK;
    },
  });
  if (template === undefined || brace < 0) return undefined;
  return { location: at(template), summary: itIsATemplate, template: true };
}

function objectsIn(value: unknown, path: Path = []): { value: Fields; path: Path }[] {
  if (Array.isArray(value)) return [{ value: { list: value as unknown[] }, path }];
  if (!isFields(value)) return [];
  const isList = text(value, "kind")?.endsWith("List") === true && Array.isArray(value["items"]);
  return isList
    ? list(value, "items").flatMap((item, index) => objectsIn(item, [...path, "items", index]))
    : [{ value, path }];
}

function toManifest(file: string, value: Fields, source: Manifest["source"], locate: Manifest["locate"]): Manifest {
  const apiVersion = text(value, "apiVersion");
  const kind = text(value, "kind");
  const isObject = apiVersion !== undefined && kind !== undefined;
  return {
    file,
    group: isObject ? groupOf(apiVersion) : "",
    kind: isObject ? kind : "",
    name: text(value, "metadata", "name") ?? text(value, "metadata", "generateName") ?? "",
    namespace: text(value, "metadata", "namespace"),
    value,
    source,
    locate,
  };
}

function offsetOf(document: Document, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const last = path[depth - 1];
    const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === last) : undefined;
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return isNode(document.contents) && document.contents.range ? document.contents.range[0] : 0;
}
