import { argument } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("NAME", "the name of the secret in AWS Secrets Manager") };

export interface SecretsVerifyInput {
  readonly name: string;
}

export const secretsVerify = declare({
  path: ["secrets", "verify"],
  summary: "compare a secret's value in replicas, Kubernetes Secrets and pods",
  description:
    "Compares AWSCURRENT with the replicas, with every Kubernetes Secret that an ExternalSecret creates from it, and with the values that the containers received. Values are compared by fingerprints, keyed for this run only, and never shown. A container computes its fingerprint in its own shell. Without a shell, a pod that is newer than the last change of its Secret has the value. Exit codes: 0 all have the value, 3 one has a different value, 4 permission denied, 5 unknown.",
  examples: [{ run: "gennet secrets verify acme/orders/api-key", says: "Verify a secret in all regions" }],
  args,
  flags: {},
  answers: "SecretVerification",
});
