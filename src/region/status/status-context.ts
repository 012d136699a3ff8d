import type { Addon, EksCluster, Nodegroup } from "../../aws/eks/port.ts";
import type { ClusterVersion } from "../../aws/eks/versions.ts";
import type { Check } from "../../core/check.ts";
import { shared, type Shared } from "../../core/shared.ts";
import type { RegionWorld } from "../world.ts";
import type { FoundFence } from "../state/fence.ts";
import type { ComparedPlace } from "./resources-check.ts";

/** What the checks of one region read, each at most once. */
export interface RegionStatusContext extends ComparedPlace {
  readonly world: RegionWorld;
  /** Undefined if it does not exist. */
  readonly cluster: Shared<EksCluster | undefined>;
  readonly nodegroups: Shared<readonly Nodegroup[]>;
  readonly addons: Shared<readonly Addon[]>;
  readonly versions: Shared<readonly ClusterVersion[]>;
  /** Of all regions. */
  readonly fences: Shared<readonly FoundFence[]>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type RegionStatusCheck = Check<RegionStatusContext>;

export function statusContext(
  world: RegionWorld,
  { changes, fences, now }: Pick<RegionStatusContext, "changes" | "fences" | "now">,
  signal: AbortSignal,
): RegionStatusContext {
  const { aws, region } = world;
  return {
    world,
    region: region.name,
    changes,
    cluster: shared(async () => (await aws.service("eks")).cluster(region.cluster, signal)),
    nodegroups: shared(async () => (await aws.service("eks")).nodegroups(region.cluster, signal)),
    addons: shared(async () => (await aws.service("eks")).addons(region.cluster, signal)),
    versions: shared(async () => (await aws.service("eks")).versions(signal)),
    fences,
    now,
  };
}

const dayMs = 24 * 60 * 60_000;

/** Returns how many whole days are left; negative if the time is over. */
export function daysUntil(date: Date, now: number): number {
  return Math.floor((date.getTime() - now) / dayMs);
}
