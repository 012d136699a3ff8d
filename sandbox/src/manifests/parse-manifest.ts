import { LineCounter, parseAllDocuments } from "yaml";
import { AppError } from "../../../src/core/error.ts";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";

/**
 * Parses a file of one or more documents; empty ones are skipped. Throws SANDBOX_MANIFEST_INVALID with
 * FILE:LINE:COLUMN.
 */
export function parseManifest(text: string, file: string): KubeObject[] {
  const lines = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  return [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })].flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw invalid(at(problem.pos[0]), problem.message);
    const object: unknown = document.toJS();
    if (object === null) return [];
    if (isObject(object)) return [object];
    throw invalid(at(document.contents?.range?.[0] ?? 0), "expected apiVersion, kind and metadata.name");
  });
}

function isObject(value: unknown): value is KubeObject {
  const { apiVersion, kind, metadata } = value as Partial<KubeObject>;
  return typeof apiVersion === "string" && typeof kind === "string" && typeof metadata?.name === "string";
}

function invalid(where: string, what: string): AppError {
  return new AppError("SANDBOX_MANIFEST_INVALID", `${where}: ${what}`);
}
