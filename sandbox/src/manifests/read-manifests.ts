import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import { findSandboxProgram } from "../programs/find-programs.ts";
import type { Setting } from "../setting.ts";
import { buildKustomization, kustomizationFor } from "./kustomization.ts";
import { parseManifest } from "./parse-manifest.ts";

/**
 * Returns the objects of a service for each region, in the order in which they can be applied: what Kustomize builds
 * from the region's overlay or the base in `service`/deploy; if there is neither, every *.yaml below it, except in
 * applications/, which would make Argo CD apply the others. Throws SANDBOX_MANIFEST_INVALID, and the errors of
 * findProgram.
 */
export async function readManifests(
  service: string,
  regions: readonly string[],
  setting: Setting,
  detail: (text: string) => void,
): Promise<ReadonlyMap<string, readonly KubeObject[]>> {
  const read = new Map<string, readonly KubeObject[]>();
  for (const region of regions) {
    const folder = await kustomizationFor(service, region);
    const objects = folder === undefined ? await plainFiles(service) : await built(folder, service, setting, detail);
    read.set(region, objects.sort(inOrder));
  }
  return read;
}

async function built(
  folder: string,
  service: string,
  setting: Setting,
  detail: (text: string) => void,
): Promise<KubeObject[]> {
  const kustomize = await findSandboxProgram(setting, "kustomize", detail);
  detail(`building ${relative(service, folder)}`);
  return buildKustomization(kustomize, folder, service, setting);
}

async function plainFiles(service: string): Promise<KubeObject[]> {
  const folder = join(service, "deploy");
  const entries = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    return [];
  });
  const files = entries.filter((name) => /\.ya?ml$/.test(name) && !name.startsWith("applications/")).sort();
  const objects: KubeObject[] = [];
  for (const file of files) {
    const full = join(folder, file);
    objects.push(...parseManifest(await readFile(full, "utf8"), relative(service, full)));
  }
  if (objects.length > 0) return objects;
  throw new AppError("SANDBOX_MANIFEST_INVALID", `There are no manifests in ${folder}.`, {
    next: ["Pass the folder of a service as created by `gennet new service`, with manifests in deploy/."],
  });
}

/** Namespaces and definitions come first; the rest by the sync waves of Argo CD, without waiting between them. */
function inOrder(one: KubeObject, other: KubeObject): number {
  return rank(one) - rank(other) || wave(one) - wave(other);
}

function rank(object: KubeObject): number {
  const first = ["Namespace", "CustomResourceDefinition", "ServiceAccount", "ConfigMap", "Secret"].indexOf(object.kind);
  return first === -1 ? 99 : first;
}

function wave({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.["argocd.argoproj.io/sync-wave"] ?? 0);
}
