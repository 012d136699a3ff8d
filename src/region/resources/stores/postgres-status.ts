import type { DbInstance, DbRemains } from "../../../aws/rds/port.ts";
import { type Readiness, notVisible } from "../../../core/resource.ts";
import { dbInstanceReadiness } from "./db-instance-status.ts";

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
  const readiness = dbInstanceReadiness(instance);
  if (readiness.state !== "ready" || instance.replicationProblem === undefined) return readiness;
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
