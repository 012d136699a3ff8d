import { fieldOf } from "../given.ts";
import type { PreflightCheck } from "./preflight-context.ts";

const id = "preflight/given-key";

export const givenKey: PreflightCheck = {
  id,
  title: "KMS key that gennet.yaml gives",
  explain:
    "The plan verifies that the key of `encryptionKey` exists, is enabled, and is a symmetric key for encryption. Whether its policy and grants let EKS, EBS, RDS, ElastiCache, Secrets Manager and the cluster's roles use it cannot be proved before they do: AWS evaluates key policies only in calls. The policy must allow the account (`arn:aws:iam::ACCOUNT:root`) `kms:*`, or each of these services what AWS documents for it.",
  async run({ world }) {
    const { encryptionKey } = world.region;
    if (encryptionKey === undefined) return [];
    const subject = fieldOf(world, "encryptionKey");
    const summary = `whether the policy of ${encryptionKey} lets AWS services and the cluster use it is not known before they do`;
    return [{ id, severity: "skip", subject, summary }];
  },
};
