import { ready, type Readiness } from "../../../core/resource.ts";
import { storeFailed, storeWaiting, type StoreState } from "./store-readiness.ts";

/**
 * What the statuses of an instance of RDS or Neptune mean. One that is not here is waited for.
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

export function dbInstanceReadiness(instance: StoreState): Readiness {
  const advice = failed[instance.status];
  if (advice !== undefined) return storeFailed(`RDS reports ${instance.status}: ${advice}`, instance);
  return usable.has(instance.status) ? ready : storeWaiting(instance);
}
