import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const secretCodes = {
  SECRET_UNKNOWN: {
    exit: exit.usage,
    title: "There is no secret of that name",
    explain:
      "Secrets Manager has no such secret in any of the regions that were looked at. `gennet secrets list` shows what there is; a secret that is scheduled for deletion does not count.",
  },
  SECRET_AMBIGUOUS: {
    exit: exit.usage,
    title: "The name means several secrets",
    explain:
      "Regions have secrets of the same name that are not copies of each other. Each has its own values, so each is rotated separately: name the region with --region.",
  },
  SECRET_REGION_LEFT_OUT: {
    exit: exit.usage,
    title: "The secret is also in a region that was left out",
    explain:
      "A new version reaches the replicas of a secret by itself. The pods of such a region would get it unseen, some time later. Name all regions of the secret with --region, or none.",
  },
  SECRET_NOT_ROTATABLE: {
    exit: exit.unhealthy,
    title: "The secret cannot be rotated as things are",
    explain:
      "Before anything is changed, gennet looks for what would stop the new value, or keep it from being proven: an ExternalSecret that never looks again (refreshPolicy CreatedOnce, refreshInterval 0, an immutable target, a pinned version), is not ready, reads a property that gennet cannot follow, or whose Secret does not hold today's value; a PushSecret or another ExternalSecret that copies the value further; pods that no restart of a workload replaces; a new value that a decodingStrategy would change or a variable cannot hold; a value that is bytes; a secret that AWS itself rotates. The message names each.",
  },
  SECRET_VERSION_GONE: {
    exit: exit.conflict,
    title: "A version that the run needs is no longer there",
    explain:
      "Secrets Manager removes versions without a label after a while. An unfinished rotation that needs one can neither be resumed nor rolled back: `gennet secrets rollback NAME --accept` ends it as it is and shows which pods hold which value.",
  },
  SECRET_KEY_NEEDED: {
    exit: exit.usage,
    title: "Which value of the secret is to be rotated?",
    explain:
      "The secret's text is a JSON object, and one of its values is rotated at a time: name it with --key. A secret that is no JSON object has no keys.",
  },
  SECRET_ROTATION_UNFINISHED: {
    exit: exit.conflict,
    title: "An earlier rotation of the secret is unfinished",
    explain:
      "It was killed, interrupted, or could not be rolled back. `gennet secrets rotate NAME --resume` continues it, `gennet secrets rollback NAME` rolls it back, and `gennet secrets rollback NAME --accept` ends it as it is and shows which pods hold which value.",
  },
  SECRET_ROTATION_IN_FLIGHT: {
    exit: exit.conflict,
    title: "The secret is being rotated by another process",
    explain:
      "A version of the secret is labelled AWSPENDING that this machine knows nothing of: a rotation by Lambda, or by gennet on another machine, is under way or was left behind. Wait for it. If none is running, take the label off with `aws secretsmanager update-secret-version-stage`.",
  },
  SECRET_SUPERSEDED: {
    exit: exit.conflict,
    title: "The secret was changed by another process",
    explain:
      "AWSCURRENT is at a version that is neither the one before the rotation nor the new one. gennet does not overwrite another process's value. Look at the secret, and rotate it again.",
  },
  SECRET_NOT_SYNCED: {
    exit: exit.timedOut,
    title: "External Secrets did not bring the new version into the cluster",
    explain:
      "The ExternalSecret was told to look at its store again, and did not become ready with what is there within --sync-timeout. The message has External Secrets' own words; where there are none, its operator does not run.",
  },
  SECRET_REPLICA_BEHIND: {
    exit: exit.timedOut,
    title: "A replica of the secret did not follow",
    explain:
      "Secrets Manager copies a new version to the replicas of a secret within seconds. One has another value still, or reports a failure. `aws secretsmanager describe-secret` shows the replication's state.",
  },
  ROLLOUT_FAILED: {
    exit: exit.unhealthy,
    title: "A workload's new pods do not come up",
    explain:
      "The workload was restarted, and Kubernetes gave its rollout up; the old pods keep running. The message is Kubernetes' own. `gennet status` says what is wrong with the pods.",
  },
  ROLLOUT_NOT_DONE: {
    exit: exit.timedOut,
    title: "A workload's rollout takes too long",
    explain:
      "The workload was restarted, and not all its new pods were available within --rollout-timeout. `gennet status` says what is wrong with the pods; a large workload may need a longer time.",
  },
} as const satisfies ErrorCodes;
