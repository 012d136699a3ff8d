import type { LocatedFinding, SourceLocation } from "../core/finding.ts";
import { cutDocuments, readDocument, valueOf, withPlainLines, type YamlDocument } from "../core/yaml-documents.ts";
import { offsetOf } from "../core/yaml-position.ts";
import { catalogFacts, catalogFinding } from "./catalog-facts.ts";
import { type Path, text } from "../core/fields.ts";

/** One entity of the catalogue as its file declares it. */
export interface CatalogEntity {
  readonly kind: string;
  readonly apiVersion: string;
  /** In lower case, as Backstage compares them. */
  readonly namespace: string;
  readonly name: string;
  readonly value: unknown;
  /** Where a field is; where it is missing, its nearest parent that is there. */
  readonly locate: (path: Path) => SourceLocation;
}

export interface ReadFile {
  readonly entities: readonly CatalogEntity[];
  readonly findings: readonly LocatedFinding[];
}

/** Source: backstage.io/docs/features/software-catalog/descriptor-format, metadata.name and metadata.namespace. */
const nameFormat = /^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const templateTag = /\{\{|<%/;

/** Reads every document of a catalogue file as Backstage does; `file` is how findings call it. */
export function readEntities(file: string, text: string): ReadFile {
  const read = cutDocuments(withPlainLines(text)).map((part) => readPart(file, part));
  return { entities: read.flatMap(({ entities }) => entities), findings: read.flatMap(({ findings }) => findings) };
}

function readPart(file: string, part: { readonly text: string; readonly line: number }): ReadFile {
  const failed = (summary: string, location: SourceLocation): ReadFile => ({
    entities: [],
    findings: [catalogFinding(catalogFacts.readable, file, summary, location)],
  });
  let yaml: YamlDocument;
  try {
    yaml = readDocument(part, "backstage");
  } catch (error) {
    // The parser's own stack ends before a document that is nested thousands of levels deep.
    if (!(error instanceof RangeError)) throw error;
    return failed("is nested too deeply to be read", { file, line: part.line, column: 1 });
  }
  const at = (offset: number): SourceLocation => ({ file, ...yaml.place(offset) });
  const locate = (path: Path): SourceLocation => at(offsetOf(yaml.document, path));
  const [error] = yaml.document.errors;
  const entity = readEntity(yaml, locate);
  if (templateTag.test(error === undefined ? (entity.name ?? "") : part.text)) {
    const location = error === undefined ? locate(["metadata", "name"]) : at(error.pos[0]);
    const summary = "is a template, and no entity until it is rendered";
    return {
      entities: [],
      findings: [{ id: catalogFacts.readable.id, severity: "skip", subject: file, summary, location }],
    };
  }
  if (error !== undefined) return failed(`no valid YAML: ${error.message}`, at(error.pos[0]));
  if ("problem" in entity) return failed(entity.problem, locate(entity.path));
  return { entities: entity.entity === undefined ? [] : [entity.entity], findings: [] };
}

type ReadEntity = { readonly name?: string | undefined } & (
  | { readonly entity: CatalogEntity | undefined }
  | { readonly problem: string; readonly path: Path }
);

function readEntity(yaml: YamlDocument, locate: CatalogEntity["locate"]): ReadEntity {
  let value: unknown;
  try {
    value = yaml.document.errors.length > 0 ? undefined : valueOf(yaml);
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    return { problem: `cannot be read: ${error.message}`, path: [] };
  }
  if (value === undefined || value === null) return { entity: undefined };
  const name = text(value, "metadata", "name");
  const kind = text(value, "kind");
  const apiVersion = text(value, "apiVersion");
  if (apiVersion === undefined) return { name, problem: "has no apiVersion, and is no entity", path: [] };
  if (kind === undefined) return { name, problem: "has no kind, and is no entity", path: [] };
  if (name === undefined) return { problem: "has no metadata.name that is text", path: ["metadata", "name"] };
  const namespace = (text(value, "metadata", "namespace") ?? "default").toLowerCase();
  const isValid = nameFormat.test(name) && nameFormat.test(namespace);
  const problem = `${JSON.stringify(nameFormat.test(name) ? namespace : name)} is no name that Backstage takes`;
  if (!isValid && !templateTag.test(name)) return { name, problem, path: ["metadata", "name"] };
  return { name, entity: { kind, apiVersion, namespace, name, value, locate } };
}
