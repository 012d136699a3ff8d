import { argument, flag, type Input } from "../core/command.ts";
import { declare } from "./declare.ts";

const args = { name: argument.one("NAME", "the secret's name in AWS Secrets Manager") };
const flags = {
  syncTimeout: flag.durationOr(120_000, "how long replicas and External Secrets may take to get the value"),
  rolloutTimeout: flag.durationOr(600_000, "how long the rollout of a workload may take"),
  dryRun: flag.switch("show who would be synced and restarted; exit 8"),
  yes: flag.consent("do not ask before anything is changed"),
};

export type SecretsRollbackInput = Input<typeof args, typeof flags>;

export const secretsRollback = declare({
  path: ["secrets", "rollback"],
  summary: "give a secret the value before once more, and bring it to every pod that reads it",
  description:
    "A rotation that has not come to its end is taken back. Else AWSPREVIOUS becomes AWSCURRENT, and goes the same way to the pods as a new value does, with the same proofs.",
  examples: [{ run: "gennet secrets rollback acme/orders/api-key", says: "After a look at who reads the secret" }],
  args,
  flags,
  answers: "SecretRotation",
  load: () => import("./secrets-rollback.run.ts"),
});
