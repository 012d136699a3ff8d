import { asDesired, blocked, ready } from "../../core/resource.ts";
import type { RegionResource } from "../world.ts";

/** The KMS key that gennet.yaml gives for a region. Outputs its ARN. */
export const kmsKey: RegionResource<string | undefined, string> = {
  id: "kms-key",
  title: "KMS key",
  needs: [],
  wanted: ({ platform: { stores } }) => stores.postgres !== undefined || stores.redis !== undefined,
  read: async ({ world }) => world.region.encryptionKey,
  diff: (arn) => (arn === undefined ? blocked("gennet.yaml has no encryptionKey for this region") : asDesired),
  apply: async () => undefined,
  ready: () => ready,
  output: (arn) => arn,
};
