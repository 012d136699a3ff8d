import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("NAME", "the secret's name in AWS Secrets Manager") };
const flags = {
  key: flag.text("KEY", "of a secret whose text is a JSON object: the key whose value is rotated"),
  stdin: flag.switch("take the new value from standard input, instead of a random one"),
  prompt: flag.switch("ask for the new value, without showing it"),
  length: flag.integer("N", 16, "how many letters and digits a random value has; 32, or 33 for decodingStrategy Auto"),
  resume: flag.switch("resume the rotation that was killed, interrupted or stuck"),
  syncTimeout: flag.durationOr(120_000, "how long replicas and External Secrets may take to get the new value"),
  rolloutTimeout: flag.durationOr(600_000, "how long the rollout of a workload may take"),
  dryRun: flag.switch("show who would be synced and restarted; exit 8"),
  yes: flag.consent("do not ask before anything is changed"),
};

export type SecretsRotateInput = Input<typeof args, typeof flags>;

export const secretsRotate = declare({
  path: ["secrets", "rotate"],
  summary: "rotate a secret: bring a new value to every pod that reads it",
  description:
    "The new value is stored as AWSPENDING, made AWSCURRENT, compared in the replicas, synced into the Kubernetes Secrets of all regions by External Secrets, and the workloads that read it are restarted, region by region in the order of their waves. Each stage is proven before the next; when one fails, everything is rolled back to the value before; errors of the network are retried within --rollout-timeout. What could not be proven is refused before anything is changed. What runs must accept both values meanwhile. The value itself is never shown, logged or written to the journal. Exit codes: 0 rotated, 3 to 7 by what went wrong, and everything is as before, 8 with --dry-run.",
  examples: [
    { run: "gennet secrets rotate acme/orders/api-key", says: "A random value, after a look at who reads the secret" },
    { run: "gennet secrets rotate acme/orders/postgres --key password --stdin --yes < new", says: "A value of yours" },
    { run: "gennet secrets rotate acme/orders/api-key --resume", says: "Continue after a kill" },
  ],
  args,
  flags,
  answers: "SecretRotation",
  load: () => import("./rotate.run.ts"),
});
