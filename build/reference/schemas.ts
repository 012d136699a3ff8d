import { join } from "node:path";
import { createGenerator, type SchemaGenerator } from "ts-json-schema-generator";
import * as z from "zod";
import { apiVersion } from "../../src/core/outcome.ts";
import { platformSchema } from "../../src/platform/schema.ts";

type Schema = Record<string, unknown>;

/** A document: its kind, the name of its TypeScript type and the file that exports that. */
export interface DocumentType {
  readonly kind: string;
  readonly type: string;
  readonly source: string;
}

/**
 * The JSON Schemas of documents, made from their types, with the `apiVersion` that the envelope adds. One program of
 * the compiler's serves them all: reading the sources is what takes the time.
 */
export function documentSchemas(repository: string, documents: readonly DocumentType[]): (of: DocumentType) => Schema {
  const generator = createGenerator({
    path: join(repository, `{${documents.map(({ source }) => source).join(",")}}`),
    tsconfig: join(repository, "tsconfig.json"),
    topRef: false,
    skipTypeCheck: true,
    // Keys in the order of the alphabet: what is reviewed changes only where the type does.
    sortProps: true,
  });
  return (document) => documentSchema(generator, document);
}

function documentSchema(generator: SchemaGenerator, { kind, type }: DocumentType): Schema {
  const { $schema, definitions = {}, ...schema } = generator.createSchema(type) as Schema;
  const version = { apiVersion: { const: apiVersion } };
  const withVersion = (one: Schema): Schema => ({
    ...one,
    properties: { ...version, ...(one["properties"] as Schema) },
    required: ["apiVersion", ...(one["required"] as string[])],
  });
  const variants = schema["anyOf"] as Schema[] | undefined;
  return {
    $schema,
    title: kind,
    ...(variants === undefined ? withVersion(schema) : { ...schema, anyOf: variants.map(withVersion) }),
    definitions,
  };
}

/** The JSON Schema of gennet.yaml as a person writes it: what has a default may be left out. */
export function platformFileSchema(): Schema {
  const { $schema, ...schema } = z.toJSONSchema(platformSchema, { io: "input", target: "draft-7" }) as Schema;
  return { $schema, title: "gennet.yaml", ...schema };
}
