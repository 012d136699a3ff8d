import type { NeptuneCluster } from "../../../aws/neptune/port.ts";
import { blocked, type Difference, ready, type Removal } from "../../../core/resource.ts";
import type { RegionWorld } from "../../world.ts";
import { isNeptuneInstanceId, wantsNeptune } from "./neptune-facts.ts";
import { finalSnapshotOf } from "./neptune-status.ts";

export interface FoundNeptune {
  readonly cluster: NeptuneCluster | undefined;
  /** The ids of its final snapshots, and of those of earlier clusters of its name; only read to remove it. */
  readonly snapshots: readonly string[];
  /** The log group that Neptune made for what the cluster exports; only read to remove it. */
  readonly logGroup?: string;
}

/** The cluster goes after its instances; a snapshot of it stays. */
export const neptuneRemoval: Removal<RegionWorld, FoundNeptune> = {
  diff({ cluster }, { world }) {
    if (cluster === undefined || cluster.status === "deleting") return { operations: [] };
    const leaves = finalSnapshotOf(cluster) ?? "nothing, because it is only being created";
    return unlessKept([{ verb: "delete", target: cluster.id, fields: { leaves } }], cluster, world);
  },
  async apply({ cluster }, { world, signal }) {
    if (cluster === undefined || cluster.status === "deleting") return;
    await (await world.aws.service("neptune")).deleteCluster(cluster.id, finalSnapshotOf(cluster), signal);
  },
  gone: ({ cluster }) => (cluster === undefined ? ready : { state: "waiting", detail: cluster.status }),
  keeps({ cluster, snapshots, logGroup }) {
    const next = cluster && finalSnapshotOf(cluster);
    const all = new Set(next === undefined ? snapshots : [...snapshots, next]);
    const logs = logGroup === undefined ? [] : [`log group ${logGroup}, with the audit log of Neptune`];
    return [...[...all].map(shown), ...logs];
  },
};

function shown(snapshot: string): string {
  return `Neptune snapshot ${snapshot}, which can be restored for as long as its KMS key exists`;
}

/** Returns what removes a cluster or what belongs to it, and why not, if it is to be kept. */
export function unlessKept(
  operations: Difference["operations"],
  { deletionProtection, members, id }: NeptuneCluster,
  world: RegionWorld,
): Difference {
  // Who destroys a region names it. A key can be lost by accident.
  if (deletionProtection && !wantsNeptune(world)) {
    return blocked(
      "it is protected against deletion: set stores.neptune.deletionProtection to false and bootstrap, then set stores.graph to none",
      operations,
    );
  }
  const others = members.filter((member) => !isNeptuneInstanceId(member.id, id)).map((member) => member.id);
  if (others.length === 0) return { operations };
  return blocked(`it has instances that gennet did not make: delete ${others.join(", ")} first`, operations);
}
