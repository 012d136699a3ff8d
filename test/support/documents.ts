import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { repository } from "./cli.ts";

const validators = new Map<string, ValidateFunction>();

/** Throws if the document does not match its published schema in docs/reference/schemas. */
export function assertDocument(document: unknown): void {
  const { kind } = document as { kind?: unknown };
  if (typeof kind !== "string") throw new Error(`a document without a kind: ${JSON.stringify(document)}`);
  const validate = validators.get(kind) ?? compile(kind);
  validators.set(kind, validate);
  if (validate(document)) return;
  const problems = (validate.errors ?? []).map(
    (each) => `${each.instancePath || "/"} ${each.message} ${JSON.stringify(each.params)}`,
  );
  throw new Error(`a ${kind} that is not as its schema says:\n${problems.join("\n")}`);
}

function compile(kind: string): ValidateFunction {
  const path = join(repository, "docs/reference/schemas", `${kind}.json`);
  // Unions of objects are written without repeating the type in each member.
  return new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
  }).compile(JSON.parse(readFileSync(path, "utf8")) as object);
}
