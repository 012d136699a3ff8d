import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import type { SandboxFolder } from "../folders.ts";
import type { Component } from "../processes/component.ts";
import { type CrdSet, envoyBootstrap } from "../programs/crds.ts";
import type { Setting } from "../setting.ts";
import { writePrivate } from "../state.ts";
import { tracked } from "../tracked.ts";
import { applyObjects } from "./apply-objects.ts";
import { istioManifest, istioObjects } from "./istio-objects.ts";
import { meshConfig } from "./istiod.ts";
import type { FindProgram } from "./programs.ts";
import { bootstrapFile, sidecarImage } from "./sidecar-image.ts";

export interface SandboxMeshRegion {
  readonly awsRegion: string;
  readonly apiserver: Component;
  readonly webhookPort: number;
  /** Resolves when the region has its namespaces. */
  readonly prepared: Promise<unknown>;
}

export function meshTask(awsRegion: string): string {
  return `${awsRegion}/mesh`;
}

/** Creates in the regions, and on this machine, what sidecars need, before istiod starts and looks for it. */
export async function prepareMesh(
  regions: readonly SandboxMeshRegion[],
  crds: CrdSet | undefined,
  folder: SandboxFolder,
  find: FindProgram,
  setting: Setting,
): Promise<void> {
  const bootstrap = crds?.files[envoyBootstrap];
  if (bootstrap === undefined) {
    throw new AppError(
      "SANDBOX_GO_MISSING",
      "Go is missing, which is needed to download Istio's bootstrap template for sidecars.",
      {
        next: ["gennet explain SANDBOX_GO_MISSING"],
      },
    );
  }
  const { folder: image } = sidecarImage(folder);
  await mkdir(image, { recursive: true, mode: 0o700 });
  await writePrivate(join(image, bootstrapFile), bootstrap, 0o644);
  const manifest = await istioManifest(await find("istioctl"), setting);
  await Promise.all(
    regions.map(async ({ awsRegion, apiserver, webhookPort, prepared }) => {
      await prepared;
      const objects = istioObjects(manifest, meshConfig(folder), webhookPort);
      await tracked(meshTask(awsRegion), setting, () => applyObjects(objects, apiserver.probe, setting.signal));
    }),
  );
}
