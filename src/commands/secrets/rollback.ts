import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("NAME", "the name of the secret in AWS Secrets Manager") };
const flags = {
  syncTimeout: flag.durationOr(120_000, "how long to wait for replicas and External Secrets to get the value"),
  rolloutTimeout: flag.durationOr(600_000, "how long the rollout of one workload may take"),
  accept: flag.switch("end an unfinished run as it is, and show which pods have which value"),
  dryRun: flag.switch("show what would be synced and restarted; exit code 8"),
  yes: flag.consent("do not ask for confirmation"),
};

export type SecretsRollbackInput = Input<typeof args, typeof flags>;

export const secretsRollback = declare({
  path: ["secrets", "rollback"],
  summary: "roll a secret back to its previous value, in every pod that reads it",
  description:
    "Rolls back an unfinished rotation. Without one, makes AWSPREVIOUS the AWSCURRENT version again, and rolls it out to the pods like a rotation, with the same verification. --accept ends an unfinished run that can be neither resumed nor rolled back: it removes AWSPENDING, leaves everything else as it is, and lists the value that each pod has. Exit codes: 0 rolled back or accepted, 3 to 7 depending on the failure, 8 with --dry-run.",
  examples: [
    { run: "gennet secrets rollback acme/orders/api-key", says: "Roll back, after showing what reads the secret" },
    { run: "gennet secrets rollback acme/orders/api-key --accept", says: "End a run that is stuck" },
  ],
  args,
  flags,
  answers: "SecretRotation",
});
