import type { NeptuneCluster } from "../../../aws/neptune/port.ts";
import { notVisible, ready, type Readiness } from "../../../core/resource.ts";
import { storeFailed, storeWaiting } from "./store-readiness.ts";

/**
 * What the statuses of a cluster mean, which are those of Aurora. One that is not here is waited for.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html#Aurora.Status
 */
const usable: ReadonlySet<string> = new Set(["available", "storage-optimization"]);
const failed: Readonly<Record<string, string>> = {
  "cloning-failed": "clone it again",
  "inaccessible-encryption-credentials": "its KMS key cannot be used; restore it from a snapshot",
  "inaccessible-encryption-credentials-recoverable": "its KMS key cannot be used; enable the key, then start it",
  "migration-failed": "restore it from another snapshot",
  stopped: "start it",
};

export function neptuneReadiness(cluster: NeptuneCluster | undefined): Readiness {
  if (cluster === undefined) return notVisible;
  const advice = failed[cluster.status];
  if (advice !== undefined) return storeFailed(`Neptune reports ${cluster.status}: ${advice}`, cluster);
  return usable.has(cluster.status) ? ready : storeWaiting(cluster);
}

/** Returns how the names of a cluster's final snapshots begin. */
export function finalClusterSnapshots(id: string): string {
  return `${id}-final-`;
}

/**
 * Returns the name of a cluster's final snapshot, which contains AWS's own id: no other cluster ever has it. A cluster
 * that is being created has nothing to keep.
 */
export function finalSnapshotOf({
  id,
  resourceId,
  status,
}: Pick<NeptuneCluster, "id" | "resourceId" | "status">): string | undefined {
  return status === "creating" ? undefined : `${finalClusterSnapshots(id)}${resourceId.toLowerCase()}`;
}
