import { isCollection, isMap, isNode, visit, type Document } from "yaml";
import type { FileLocation, SourceLocation } from "../core/finding.ts";
import { type PlainFields, isFields, list, type Path, text } from "./fields.ts";
import { groupOf, type Manifest } from "./manifest.ts";
import { cutDocuments, readDocument, valueOf, withPlainLines, type YamlDocument } from "../core/yaml-documents.ts";

/** The contents of a file: objects, other documents, and the error that stopped reading. */
export interface ParsedFile {
  readonly file: string;
  readonly manifests: readonly Manifest[];
  /**
   * The plain data of every document that is not a Kubernetes object, such as patches and kustomizations without a
   * kind.
   */
  readonly others: readonly Manifest[];
  readonly unreadable: readonly Unreadable[];
  /** CustomResourceDefinitions, which are ignored. */
  readonly definitions: number;
}

export interface Unreadable {
  readonly location: FileLocation;
  readonly summary: string;
  /** A template is not an error, but its result is unknown. */
  readonly template: boolean;
  /** The kinds of objects that its text mentions. */
  readonly mentions: ReadonlySet<string>;
}

/** CustomResourceDefinitions are irrelevant to all rules, and by far the largest objects. */
const definition = /^kind: *["']?CustomResourceDefinition\b/m;
/** Catalogue entities are for Backstage, whatever their file is called. */
const entity = /^apiVersion: *["']?backstage\.io\//m;
const itIsATemplate = "a template, which is not YAML until it is rendered";
const kubernetes = /(^|[\s{,"'])apiVersion["']?\s*:/;

/**
 * Reads the documents of a YAML or JSON file. `file` is the file's name in findings. A template file, or a file in a
 * chart's templates folder, counts as a template wherever it has placeholders, even if it happens to be valid YAML.
 */
export function parseManifests(file: string, written: string, isTemplate: boolean): ParsedFile {
  const content = withPlainLines(written);
  const none: ParsedFile = { file, manifests: [], others: [], unreadable: [], definitions: 0 };
  const mark = isTemplate ? content.split("\n").findIndex((line) => /\{\{|\{%|<%|\$\{/.test(line)) : -1;
  if (mark >= 0) {
    const location = { file, line: mark + 1, column: 1 };
    return { ...none, unreadable: [{ location, summary: itIsATemplate, template: true, mentions: kindsIn(content) }] };
  }
  const parts = cutDocuments(content);
  const wanted = parts.filter(({ text: part }) => !isDefinition(part));
  const read = wanted.map((part) => readOne(file, part));
  const all = read.flatMap(({ objects }) => objects);
  const unreadable = read.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  const [template, ...templates] = unreadable.filter((each) => each.template);
  return {
    file,
    manifests: all.filter(isObject),
    others: all.filter((each) => !isObject(each)),
    unreadable: template === undefined ? unreadable : [asOne([template, ...templates])],
    definitions: parts.length - wanted.length,
  };
}

/** A file with many template expressions is reported once. */
function asOne(templates: readonly [Unreadable, ...Unreadable[]]): Unreadable {
  return { ...templates[0], mentions: new Set(templates.flatMap(({ mentions }) => [...mentions])) };
}

/** Returns whether a document is a CustomResourceDefinition, without parsing it. */
export function isDefinition(part: string): boolean {
  return definition.test(part);
}

function isObject({ group, kind }: Manifest): boolean {
  return group !== "" || kind !== "";
}

interface Read {
  readonly objects: readonly Manifest[];
  readonly problem?: Unreadable;
}

function readOne(file: string, part: { readonly text: string; readonly line: number }): Read {
  const failed = (line: number, why: string): Read => {
    if (!kubernetes.test(part.text)) return { objects: [] };
    const summary = `invalid YAML: ${why}`;
    return {
      objects: [],
      problem: { location: { file, line, column: 1 }, summary, template: false, mentions: kindsIn(part.text) },
    };
  };
  const control = part.text.split("\n").findIndex((line) => forbidden.test(line));
  if (control >= 0) return failed(part.line + control, "control characters are not allowed");
  try {
    const yaml = readDocument(part, entity.test(part.text) ? "backstage" : "kubernetes");
    const at = (offset: number): SourceLocation => ({ file, ...yaml.place(offset) });
    const problem = whyUnreadable(yaml, at);
    if (problem !== undefined) {
      return problem.template || kubernetes.test(part.text) ? { objects: [], problem } : { objects: [] };
    }
    const objects = objectsIn(withoutNulls(valueOf(yaml))).map(({ value, path }) =>
      toManifest(file, value, part, (below) => at(offsetOf(yaml.document, [...path, ...below]))),
    );
    return { objects };
  } catch (error) {
    // Aliases that are undefined or expand without end, and nesting that overflows the stack.
    if (!(error instanceof Error)) throw error;
    return failed(part.line, error.message);
  }
}

/** Source: go-yaml, readerc.go, the characters that its reader allows. */
// oxlint-disable-next-line no-control-regex -- these are the ones that must not be there
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** For the API server, and so for every rule, a null field is the same as a missing one. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(withoutNulls);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === null ? [] : [[key, withoutNulls(each)]])),
  );
}

function whyUnreadable(
  { document, text: content }: YamlDocument,
  at: (offset: number) => SourceLocation,
): Unreadable | undefined {
  const [error] = document.errors;
  const brace = content.indexOf("{{");
  if (error !== undefined) {
    const template = brace >= 0 || /<%|^\s*\{%/m.test(content) || lineAt(content, error.pos[0]).includes("${");
    const summary = template ? itIsATemplate : `invalid YAML: ${error.message}`;
    return {
      location: at(template && brace >= 0 ? brace : error.pos[0]),
      summary,
      template,
      mentions: kindsIn(content),
    };
  }
  // `key: {{ .Values.x }}` happens to be valid YAML: a mapping whose key is a mapping.
  let template: number | undefined;
  visit(document, {
    Pair: (_, { key }) => {
      if (isCollection(key)) template ??= key.range?.[0] ?? 0;
      return template === undefined ? undefined : visit.BREAK;
    },
  });
  if (template === undefined || brace < 0) return undefined;
  return { location: at(template), summary: itIsATemplate, template: true, mentions: kindsIn(content) };
}

/** Returns the kinds that a text mentions. */
export function kindsIn(content: string): ReadonlySet<string> {
  return new Set([...content.matchAll(/(?:^|[\s{,"'])kind["']?\s*:\s*["']?(\w+)/g)].map(([, kind = ""]) => kind));
}

function lineAt(content: string, offset: number): string {
  return content.slice(content.lastIndexOf("\n", offset - 1) + 1).split("\n", 1)[0] ?? "";
}

function objectsIn(value: unknown, path: Path = []): { value: PlainFields; path: Path }[] {
  if (Array.isArray(value)) return [{ value: { list: value as unknown[] }, path }];
  if (!isFields(value)) return [];
  const isList = text(value, "kind")?.endsWith("List") === true && Array.isArray(value["items"]);
  return isList
    ? list(value, "items").flatMap((item, index) => objectsIn(item, [...path, "items", index]))
    : [{ value, path }];
}

/** Creates a manifest from plain data. */
export function toManifest(
  file: string,
  value: PlainFields,
  source: Manifest["source"],
  locate: Manifest["locate"],
): Manifest {
  const apiVersion = text(value, "apiVersion");
  const kind = text(value, "kind");
  const isKubernetes = apiVersion !== undefined && kind !== undefined;
  return {
    file,
    group: isKubernetes ? groupOf(apiVersion) : "",
    kind: isKubernetes ? kind : "",
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
    // The last of two equal keys wins.
    const pair = isMap(parent) ? parent.items.findLast((item) => String(item.key) === last) : undefined;
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return isNode(document.contents) && document.contents.range ? document.contents.range[0] : 0;
}
