import type { Exit } from "./exit.ts";

/** What a command answers; `kind` names its JSON Schema in docs/reference/schemas. */
export interface Document {
  readonly kind: string;
}

export interface Outcome<D extends Document = Document> {
  readonly exit: Exit;
  readonly document: D;
}

export const apiVersion = "gennet/v1";

/** The JSON form of an answer: one document with its version and kind first. */
export function envelope<D extends Document>(document: D): { apiVersion: string } & D {
  return { apiVersion, ...document };
}
