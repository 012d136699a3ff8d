import type { ClusterVersion, VersionSupport } from "../aws/eks/versions.ts";
import { dayOf } from "../core/day.ts";
import type { RegionWorld } from "./world.ts";

/** How long EKS supports a version. */
type SupportFacts = Readonly<{
  support: VersionSupport;
  /** RFC 3339, UTC. */
  standardUntil?: string;
  /** RFC 3339, UTC. */
  extendedUntil?: string;
}>;

/** Returns the versions that a cluster can get. */
export function offeredIn(versions: readonly ClusterVersion[]): readonly ClusterVersion[] {
  return versions.filter(({ support }) => support !== "UNSUPPORTED");
}

/** Returns the names of versions: `1.33, 1.34`. */
export function versionNames(versions: readonly ClusterVersion[]): string {
  return versions.map(({ version }) => version).join(", ");
}

/** Returns why a cluster cannot get a version; undefined if EKS offers it. */
export async function whyNotOffered(
  version: string,
  { aws, region }: Pick<RegionWorld, "aws" | "region">,
  signal: AbortSignal,
): Promise<string | undefined> {
  const offered = offeredIn(await (await aws.service("eks")).versions(signal));
  if (offered.some((each) => each.version === version)) return undefined;
  return `EKS does not offer Kubernetes ${version} in ${region.awsRegion}, but ${versionNames(offered)}`;
}

export function supportFacts({ support, standardUntil, extendedUntil }: ClusterVersion): SupportFacts {
  return {
    support,
    ...(standardUntil === undefined ? {} : { standardUntil: standardUntil.toISOString() }),
    ...(extendedUntil === undefined ? {} : { extendedUntil: extendedUntil.toISOString() }),
  };
}

/** Returns ` until 2026-12-07`; nothing, if EKS does not say. */
export function until(date: Date | undefined): string {
  return date === undefined ? "" : ` until ${dayOf(date)}`;
}
