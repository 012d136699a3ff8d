import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { LineCounter, parseAllDocuments } from "yaml";
import { AppError } from "../../core/error.ts";
import type { KubeObject } from "../../k8s/port.ts";

/**
 * The objects of every *.yaml below `path`/deploy, in the order in which they can be applied: what others live in
 * comes first. Throws SANDBOX_MANIFEST_INVALID with FILE:LINE:COLUMN.
 */
export async function readManifests(path: string): Promise<readonly KubeObject[]> {
  const folder = join(path, "deploy");
  const entries = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    return [];
  });
  const files = entries.filter((name) => /\.ya?ml$/.test(name)).sort();
  const objects: KubeObject[] = [];
  for (const file of files) {
    const full = join(folder, file);
    objects.push(...parseManifest(await readFile(full, "utf8"), relative(path, full)));
  }
  if (objects.length === 0) {
    throw new AppError("SANDBOX_MANIFEST_INVALID", `There are no manifests in ${folder}.`, {
      next: ["Name the folder of a service, as `gennet new service` makes it: its manifests are in deploy/."],
    });
  }
  return objects.sort((a, b) => rank(a) - rank(b));
}

/** Reads a file of one or more documents; empty ones are skipped. */
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

function rank(object: KubeObject): number {
  const first = ["Namespace", "CustomResourceDefinition", "ServiceAccount", "ConfigMap", "Secret"].indexOf(object.kind);
  return first === -1 ? 99 : first;
}
