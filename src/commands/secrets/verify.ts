import { argument } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("NAME", "the secret's name in AWS Secrets Manager") };

export interface SecretsVerifyInput {
  readonly name: string;
}

export const secretsVerify = declare({
  path: ["secrets", "verify"],
  summary: "compare who has which value of a secret: replicas, Kubernetes Secrets, running pods",
  description:
    "Reads AWSCURRENT and compares it, by fingerprints with a key of this run alone, with the replicas, with every Kubernetes Secret that an ExternalSecret makes of it, and with what the containers were given. A container tells its fingerprint by its own shell; where it has none, a pod that is younger than its Secret's last change has the value. Values are never shown. Exit codes: 0 all have it, 3 one has another, 4 not allowed, 5 unknown.",
  examples: [{ run: "gennet secrets verify acme/orders/api-key", says: "All regions" }],
  args,
  flags: {},
  answers: "SecretVerification",
  load: () => import("./verify.run.ts"),
});
