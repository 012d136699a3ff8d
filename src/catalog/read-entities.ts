import { LineCounter, parseAllDocuments, type Document } from "yaml";
import type { LocatedFinding, SourceLocation } from "../core/finding.ts";
import { offsetOf, type Path, valueAt } from "../core/yaml-position.ts";
import { catalogFacts, catalogFinding } from "./catalog-facts.ts";

/** One entity of the catalogue as its file declares it. */
export interface Entity {
  readonly kind: string;
  readonly apiVersion: string;
  /** In lower case, as Backstage compares them. */
  readonly namespace: string;
  readonly name: string;
  readonly value: unknown;
  /** Where a field stands; where it is missing, its nearest parent that is there. */
  readonly locate: (path: Path) => SourceLocation;
}

export interface ReadFile {
  readonly entities: readonly Entity[];
  readonly findings: readonly LocatedFinding[];
}

/** Source: backstage.io/docs/features/software-catalog/descriptor-format, metadata.name and metadata.namespace. */
const nameFormat = /^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const templateTag = /\{\{|<%/;

/** Reads every document of a catalogue file; `file` is how findings call it. */
export function readEntities(file: string, text: string): ReadFile {
  const lines = new LineCounter();
  const place = (offset: number): SourceLocation => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const entities: Entity[] = [];
  const findings: LocatedFinding[] = [];
  const say = (summary: string, location: SourceLocation): void => {
    findings.push(catalogFinding(catalogFacts.readable, file, summary, location));
  };
  for (const document of documentsOf(text, lines)) {
    if (typeof document === "string") {
      say(document, place(0));
      continue;
    }
    const read = readDocument(document, (path) => place(offsetOf(document, path)));
    const [error] = document.errors;
    const isTemplate = templateTag.test(error === undefined ? (read.name ?? "") : text);
    if (isTemplate) {
      const location = error === undefined ? place(offsetOf(document, ["metadata", "name"])) : place(error.pos[0]);
      const summary = "is a template, and no entity until it is rendered";
      findings.push({ id: catalogFacts.readable.id, severity: "skip", subject: file, summary, location });
    } else if (error !== undefined) say(`no valid YAML: ${error.message}`, place(error.pos[0]));
    else if ("problem" in read) say(read.problem, place(offsetOf(document, read.path)));
    else if (read.entity !== undefined) entities.push(read.entity);
  }
  return { entities, findings };
}

/** The parser gives up on what is nested thousands of levels deep by an error that is not its own. */
function documentsOf(text: string, lineCounter: LineCounter): readonly (Document.Parsed | string)[] {
  try {
    const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: "silent" });
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    if (error instanceof RangeError) return ["is nested too deeply to be read"];
    throw error;
  }
}

type ReadDocument = { readonly name?: string | undefined } & (
  | { readonly entity: Entity | undefined }
  | { readonly problem: string; readonly path: Path }
);

function readDocument(document: Document.Parsed, locate: Entity["locate"]): ReadDocument {
  let value: unknown;
  try {
    value = document.errors.length > 0 ? undefined : document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    return { problem: `cannot be read: ${error.message}`, path: [] };
  }
  if (value === undefined || value === null) return { entity: undefined };
  const text = (...path: string[]): string | undefined => {
    const found = valueAt(value, path);
    return typeof found === "string" ? found : undefined;
  };
  const name = text("metadata", "name");
  const kind = text("kind");
  const apiVersion = text("apiVersion");
  if (apiVersion === undefined) return { name, problem: "has no apiVersion, and is no entity", path: [] };
  if (kind === undefined) return { name, problem: "has no kind, and is no entity", path: [] };
  if (name === undefined) return { problem: "has no metadata.name that is text", path: ["metadata", "name"] };
  const namespace = (text("metadata", "namespace") ?? "default").toLowerCase();
  const isValid = nameFormat.test(name) && nameFormat.test(namespace);
  const problem = `${JSON.stringify(nameFormat.test(name) ? namespace : name)} is no name that Backstage takes`;
  if (!isValid && !templateTag.test(name)) return { name, problem, path: ["metadata", "name"] };
  return { name, entity: { kind, apiVersion, namespace, name, value, locate } };
}
