import { join, relative } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import { isThere } from "../../../src/core/is-there.ts";
import { shell } from "../../../src/core/shell-words.ts";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import type { Setting } from "../setting.ts";
import { parseManifest } from "./parse-manifest.ts";

/**
 * Returns the folder that Kustomize builds for a region: its overlay, otherwise the base. Undefined if a service has
 * neither.
 */
export async function kustomizationFor(service: string, region: string): Promise<string | undefined> {
  for (const folder of [join(service, "deploy", "overlays", region), join(service, "deploy", "base")]) {
    if (await isKustomization(folder)) return folder;
  }
  return undefined;
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ */
async function isKustomization(folder: string): Promise<boolean> {
  const names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
  const there = names.map((name) => isThere(join(folder, name)));
  return (await Promise.all(there)).includes(true);
}

/** Runs `kustomize build` on a folder. Throws SANDBOX_MANIFEST_INVALID with Kustomize's error. */
export async function buildKustomization(
  program: string,
  folder: string,
  service: string,
  { host, signal }: Setting,
): Promise<KubeObject[]> {
  const { execa } = await import("execa");
  const shown = relative(service, folder);
  const built = await execa(program, ["build", folder], {
    env: host.env,
    extendEnv: false,
    cancelSignal: signal,
    reject: false,
  });
  signal.throwIfAborted();
  if (!built.failed) return parseManifest(built.stdout, shell`kustomize build ${shown}`);
  throw new AppError("SANDBOX_MANIFEST_INVALID", `${shown} cannot be built: ${built.stderr || built.message}`, {
    next: [shell`kubectl kustomize ${folder}  # shows the same`],
  });
}
