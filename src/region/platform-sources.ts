import { createHash } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { remembered } from "../core/shared.ts";
import type { RemoteGit } from "../git/remote-port.ts";
import type { Prober } from "../k8s/probe/port.ts";
import type { Region } from "../platform/schema.ts";
import { argoCdManifests, type ArgoCdManifests, argoCdSource, type ManifestSource } from "./components/argo-cd.ts";
import type { ComponentWorld } from "./components/component.ts";

/** What bootstrap needs besides AWS and the clusters. */
export interface PlatformSources {
  readonly git: RemoteGit;
  readonly clock: Clock;
  /** Makes calls from a pod of a region. */
  prober(region: Region): Promise<Pick<Prober, "probe">>;
  /** Returns Argo CD's manifests, from upstream or from the mirror; they are read once. */
  argoCd(platform: ComponentWorld["platform"], signal: AbortSignal): Promise<ArgoCdManifests>;
}

export function platformSources(own: Pick<PlatformSources, "git" | "clock" | "prober">): PlatformSources {
  const read = remembered<ArgoCdManifests>();
  return {
    ...own,
    argoCd: (platform, signal) => {
      const source = argoCdSource(platform);
      return read(`${source.repository} ${source.path}`, () => readManifests(source, own.git, signal));
    },
  };
}

/** Returns the sources of a world. Only what `platform` in gennet.yaml asks for needs them. */
export function sourcesOf({ sources }: { readonly sources?: PlatformSources }): PlatformSources {
  if (sources === undefined) throw new Error("this world has no sources of a platform");
  return sources;
}

async function readManifests(source: ManifestSource, git: RemoteGit, signal: AbortSignal): Promise<ArgoCdManifests> {
  const { repository, ref, path, sha256 } = source;
  const text = await git.file(repository, ref, path, signal);
  const where = `${path} at ${ref} of ${repository}`;
  if (text === undefined) {
    throw new AppError("PLATFORM_SOURCE_MISSING", `Argo CD's manifests are missing: there is no ${where}.`, {
      next: ["gennet explain PLATFORM_SOURCE_MISSING"],
    });
  }
  if (sha256 !== undefined && createHash("sha256").update(text).digest("hex") !== sha256) {
    throw new AppError("PLATFORM_SOURCE_MISSING", `${where} is not the file that this gennet was tested with.`, {
      next: ["gennet explain PLATFORM_SOURCE_MISSING"],
    });
  }
  return argoCdManifests(text);
}
