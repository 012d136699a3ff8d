import type { Exit } from "./exit.ts";

/** The result of a command; `kind` names its JSON Schema in docs/reference/schemas. */
export interface Document {
  readonly kind: string;
}

export interface Outcome<D extends Document = Document> {
  readonly exit: Exit;
  readonly document: D;
}

export const apiVersion = "gennet/v1";

/** Returns the JSON form of a result: one document that begins with its version and kind. */
export function envelope<D extends Document>(document: D): { apiVersion: string } & D {
  return { apiVersion, ...document };
}
