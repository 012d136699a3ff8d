import type { LocatedFinding, SourceLocation } from "../core/finding.ts";
import { cutDocuments, readDocument, valueOf, withPlainLines, type YamlDocument } from "../core/yaml-documents.ts";
import { offsetOf } from "../core/yaml-position.ts";
import { catalogFacts, catalogFinding } from "./catalog-facts.ts";
import { type Path, text } from "../core/fields.ts";

/** One entity of the catalogue as its file declares it. */
export interface CatalogEntity {
  readonly kind: string;
  readonly apiVersion: string;
  /** In lower case, because Backstage ignores case. */
  readonly namespace: string;
  readonly name: string;
  readonly value: unknown;
  /** Returns the location of a field or, if it is missing, of its nearest existing parent. */
  readonly locate: (path: Path) => SourceLocation;
}

export interface ReadFile {
  readonly entities: readonly CatalogEntity[];
  readonly findings: readonly LocatedFinding[];
}

/** Source: backstage.io/docs/features/software-catalog/descriptor-format, metadata.name and metadata.namespace. */
const nameFormat = /^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const templateTag = /\{\{|<%/;

/** Reads every document of a catalogue file like Backstage does. `file` is its name in findings. */
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
    // Documents that are nested thousands of levels deep overflow the parser's stack.
    if (!(error instanceof RangeError)) throw error;
    return failed("is nested too deeply to be read", { file, line: part.line, column: 1 });
  }
  const at = (offset: number): SourceLocation => ({ file, ...yaml.place(offset) });
  const locate = (path: Path): SourceLocation => at(offsetOf(yaml.document, path));
  const [error] = yaml.document.errors;
  const entity = readEntity(yaml, locate);
  if (templateTag.test(error === undefined ? (entity.name ?? "") : part.text)) {
    const location = error === undefined ? locate(["metadata", "name"]) : at(error.pos[0]);
    const summary = "is a template, not an entity";
    return {
      entities: [],
      findings: [{ id: catalogFacts.readable.id, severity: "skip", subject: file, summary, location }],
    };
  }
  if (error !== undefined) return failed(`invalid YAML: ${error.message}`, at(error.pos[0]));
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
  if (apiVersion === undefined) return { name, problem: "has no apiVersion, so it is not an entity", path: [] };
  if (kind === undefined) return { name, problem: "has no kind, so it is not an entity", path: [] };
  if (name === undefined) return { problem: "metadata.name is missing or not text", path: ["metadata", "name"] };
  const namespace = (text(value, "metadata", "namespace") ?? "default").toLowerCase();
  const isValid = nameFormat.test(name) && nameFormat.test(namespace);
  const problem = `${JSON.stringify(nameFormat.test(name) ? namespace : name)} is not a valid Backstage name`;
  if (!isValid && !templateTag.test(name)) return { name, problem, path: ["metadata", "name"] };
  return { name, entity: { kind, apiVersion, namespace, name, value, locate } };
}
