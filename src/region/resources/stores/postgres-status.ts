import type { DbInstance, DbRemains } from "../../../aws/rds/port.ts";
import { ready, type Readiness, notVisible } from "../../../core/resource.ts";
import { storeFailed, storeWaiting } from "./store-readiness.ts";

/**
 * What the statuses of an instance mean. One that is not here is waited for.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
 */
const usable: ReadonlySet<string> = new Set(["available", "storage-optimization"]);
const failed: Readonly<Record<string, string>> = {
  failed: "restore it from a snapshot or delete it",
  "inaccessible-encryption-credentials": "its KMS key cannot be used; restore it from a backup",
  "inaccessible-encryption-credentials-recoverable": "its KMS key cannot be used; enable the key, then start it",
  "incompatible-create": "delete it",
  "incompatible-network": "its subnets have no free addresses or were changed",
  "incompatible-option-group": "its option group does not fit its version",
  "incompatible-parameters": "a parameter does not fit its instance class",
  "incompatible-restore": "restore it to another point in time",
  "insufficient-capacity": "AWS has no capacity for this instance class; choose another one",
  "restore-error": "restore it from another snapshot",
  stopped: "start it",
  "storage-full": "increase its storage",
};
/**
 * The statuses in which RDS accepts no final snapshot.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
 */
const withoutSnapshot: ReadonlySet<string> = new Set([
  "creating",
  "failed",
  "incompatible-create",
  "incompatible-network",
  "incompatible-restore",
]);

export function postgresReadiness(instance: DbInstance | undefined): Readiness {
  if (instance === undefined) return notVisible;
  const advice = failed[instance.status];
  if (advice !== undefined) return storeFailed(`RDS reports ${instance.status}: ${advice}`, instance);
  if (!usable.has(instance.status)) return storeWaiting(instance);
  if (instance.replicationProblem === undefined) return ready;
  return { state: "failed", reason: `it does not replicate: ${instance.replicationProblem}` };
}

/**
 * Returns what stays of an instance: nothing of a replica, whose data is in its source. The name of a final snapshot
 * contains RDS's own id, which no other instance ever has.
 */
export function remainsOf({ id, resourceId, replicaOf, status }: DbInstance): DbRemains {
  if (replicaOf !== undefined) return "nothing";
  return withoutSnapshot.has(status) ? "backups" : { snapshot: `${finalSnapshots(id)}${resourceId.toLowerCase()}` };
}

/** Returns how the names of an instance's final snapshots begin. */
export function finalSnapshots(id: string): string {
  return `${id}-final-`;
}
