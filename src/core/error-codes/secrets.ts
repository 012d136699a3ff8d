import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const secretCodes = {
  SECRET_UNKNOWN: {
    exit: exit.usage,
    title: "No secret of that name",
    explain:
      "Secrets Manager has no such secret in any of the regions that gennet searched. `gennet secrets list` lists the secrets. A secret that is scheduled for deletion does not count.",
  },
  SECRET_AMBIGUOUS: {
    exit: exit.usage,
    title: "The name matches several secrets",
    explain:
      "Several regions have a secret of this name, and they are not replicas of each other. Each has its own values, so you rotate each separately: select one with --region.",
  },
  SECRET_REGION_LEFT_OUT: {
    exit: exit.usage,
    title: "The secret also exists in a region that was not selected",
    explain:
      "AWS copies a new version to all replicas of a secret. The pods of the other region would get it later, unnoticed. Select all regions of the secret with --region, or none.",
  },
  SECRET_NOT_ROTATABLE: {
    exit: exit.unhealthy,
    title: "The secret cannot be rotated in its current state",
    explain:
      "Before changing anything, gennet looks for obstacles that would stop the new value or make it impossible to verify: an ExternalSecret that never refreshes (refreshPolicy CreatedOnce, refreshInterval 0, an immutable target, a pinned version), is not ready, reads a property that gennet cannot resolve, or whose Secret does not have the current value; a PushSecret or another ExternalSecret that copies the value elsewhere; pods that no workload restart replaces; a new value that a decodingStrategy would change or an environment variable cannot hold; a binary value; a secret that AWS itself rotates. The message lists each obstacle.",
  },
  SECRET_VERSION_GONE: {
    exit: exit.conflict,
    title: "A version that the run needs no longer exists",
    explain:
      "Secrets Manager eventually deletes versions without a label. An unfinished rotation that needs one can be neither resumed nor rolled back: `gennet secrets rollback NAME --accept` ends it as it is and shows which pods have which value.",
  },
  SECRET_KEY_NEEDED: {
    exit: exit.usage,
    title: "The secret has several values; pass --key",
    explain:
      "The secret's text is a JSON object, and gennet rotates one of its values at a time: select it with --key. A secret that is not a JSON object has no keys.",
  },
  SECRET_ROTATION_UNFINISHED: {
    exit: exit.conflict,
    title: "An earlier rotation of the secret is unfinished",
    explain:
      "The run was killed, interrupted, or could not be rolled back. `gennet secrets rotate NAME --resume` resumes it, `gennet secrets rollback NAME` rolls it back, and `gennet secrets rollback NAME --accept` ends it as it is and shows which pods have which value.",
  },
  SECRET_ROTATION_IN_FLIGHT: {
    exit: exit.conflict,
    title: "The secret is being rotated by another process",
    explain:
      "A version of the secret has the label AWSPENDING, but this machine has no record of it: a rotation by Lambda, or by gennet on another machine, is running or was abandoned. Wait for it. If none is running, remove the label with `aws secretsmanager update-secret-version-stage`.",
  },
  SECRET_SUPERSEDED: {
    exit: exit.conflict,
    title: "The secret was changed by another process",
    explain:
      "AWSCURRENT is neither the previous version nor the new one. gennet does not overwrite the value of another process. Check the secret, and rotate it again.",
  },
  SECRET_NOT_SYNCED: {
    exit: exit.timedOut,
    title: "External Secrets did not sync the new version into the cluster",
    explain:
      "gennet made the ExternalSecret refresh, but it did not become ready with the new version within --sync-timeout. The message contains the error from External Secrets; without one, its operator is probably not running.",
  },
  SECRET_REPLICA_BEHIND: {
    exit: exit.timedOut,
    title: "A replica of the secret does not have the new version",
    explain:
      "Secrets Manager copies a new version to the replicas of a secret within seconds. One replica still has another value, or reports a failure. `aws secretsmanager describe-secret` shows the replication status.",
  },
  ROLLOUT_FAILED: {
    exit: exit.unhealthy,
    title: "A workload's new pods do not become available",
    explain:
      "gennet restarted the workload, but Kubernetes reports that its rollout failed; the old pods keep running. The message is from Kubernetes. `gennet status` shows what is wrong with the pods.",
  },
  ROLLOUT_NOT_DONE: {
    exit: exit.timedOut,
    title: "A workload's rollout timed out",
    explain:
      "gennet restarted the workload, but not all of its new pods became available within --rollout-timeout. `gennet status` shows what is wrong with the pods; a large workload may need more time.",
  },
} as const satisfies ErrorCodes;
