import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("NAME", "the secret's name in AWS Secrets Manager") };
const flags = {
  syncTimeout: flag.durationOr(120_000, "how long replicas and External Secrets may take to get the value"),
  rolloutTimeout: flag.durationOr(600_000, "how long the rollout of a workload may take"),
  accept: flag.switch("end an unfinished run as it is, and show which pods hold which value"),
  dryRun: flag.switch("show who would be synced and restarted; exit 8"),
  yes: flag.consent("do not ask before anything is changed"),
};

export type SecretsRollbackInput = Input<typeof args, typeof flags>;

export const secretsRollback = declare({
  path: ["secrets", "rollback"],
  summary: "roll a secret back: bring the value before to every pod that reads it",
  description:
    "An unfinished rotation is rolled back. Otherwise AWSPREVIOUS becomes AWSCURRENT, and goes the same way to the pods as a new value does, with the same proofs. --accept ends an unfinished run that can neither be resumed nor rolled back: labels, Kubernetes Secrets and pods stay as they are, apart from AWSPENDING, and the answer lists what each pod holds. Exit codes: 0 rolled back or accepted, 3 to 7 by what went wrong, 8 with --dry-run.",
  examples: [
    { run: "gennet secrets rollback acme/orders/api-key", says: "After a look at who reads the secret" },
    { run: "gennet secrets rollback acme/orders/api-key --accept", says: "End a run that is stuck" },
  ],
  args,
  flags,
  answers: "SecretRotation",
  load: () => import("./rollback.run.ts"),
});
