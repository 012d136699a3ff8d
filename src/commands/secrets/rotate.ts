import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("NAME", "the name of the secret in AWS Secrets Manager") };
const flags = {
  key: flag.text("KEY", "for secrets that are a JSON object: the key whose value to rotate"),
  stdin: flag.switch("read the new value from standard input, instead of generating one"),
  prompt: flag.switch("prompt for the new value, without echoing it"),
  length: flag.integer(
    "N",
    16,
    "length of the generated value in letters and digits (default 32, or 33 for decodingStrategy Auto)",
  ),
  resume: flag.switch("resume a rotation that was killed, interrupted or stuck"),
  syncTimeout: flag.durationOr(120_000, "how long to wait for replicas and External Secrets to get the value"),
  rolloutTimeout: flag.durationOr(600_000, "how long the rollout of one workload may take"),
  dryRun: flag.switch("show what would be synced and restarted; exit code 8"),
  yes: flag.consent("do not ask for confirmation"),
};

export type SecretsRotateInput = Input<typeof args, typeof flags>;

export const secretsRotate = declare({
  path: ["secrets", "rotate"],
  summary: "rotate a secret, and roll the new value out to its pods",
  description:
    "Stores the new value as AWSPENDING, makes it AWSCURRENT, compares the replicas, has External Secrets sync it into the Kubernetes Secrets of all regions, and restarts the workloads that read it, region by region in the order of their waves. Each stage is verified before the next one starts. If a stage fails, everything is rolled back to the previous value; network errors are retried within --rollout-timeout. If gennet would not be able to verify the result, it refuses to start. Applications must accept both values during the rotation. The value itself is never shown, logged or written to the journal. Exit codes: 0 rotated, 3 to 7 failed and rolled back, 8 with --dry-run.",
  examples: [
    {
      run: "gennet secrets rotate acme/orders/api-key",
      says: "Use a generated value, after showing what reads the secret",
    },
    {
      run: "gennet secrets rotate acme/orders/postgres --key password --stdin --yes < new",
      says: "Use your own value",
    },
    { run: "gennet secrets rotate acme/orders/api-key --resume", says: "Resume after a kill" },
  ],
  args,
  flags,
  answers: "SecretRotation",
});
