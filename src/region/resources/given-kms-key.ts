import type { UsableKey } from "../../aws/kms/port.ts";
import { fieldOf, type GivenFacts } from "../given.ts";
import type { RegionWorld } from "../world.ts";

/** The only kind of key with which AWS services encrypt. */
const symmetric = "SYMMETRIC_DEFAULT";

/** The KMS key of gennet.yaml; undefined if KMS has no such key. */
export const givenKmsKey: GivenFacts<UsableKey | undefined, string> = {
  isGiven: ({ region }) => region.encryptionKey !== undefined,
  read: async ({ world, signal }) => (await world.aws.service("kms")).usable(world.region.encryptionKey ?? "", signal),
  problem(found, { world }) {
    const why = whyUnusable(found, world);
    return why === undefined ? undefined : `${fieldOf(world, "encryptionKey")}: ${why}`;
  },
  output: (found) => found?.arn,
};

/** Returns why a key that gennet does not change cannot encrypt what is in the region. */
function whyUnusable(found: UsableKey | undefined, { region }: RegionWorld): string | undefined {
  if (found === undefined) return `KMS has no key ${region.encryptionKey} in ${region.awsRegion}`;
  const { spec, usage, state } = found;
  if (spec !== symmetric || usage !== "ENCRYPT_DECRYPT") {
    return `the key is ${spec} for ${usage}, and AWS services need ${symmetric} for ENCRYPT_DECRYPT`;
  }
  return state === "Enabled" ? undefined : `KMS reports ${state}`;
}
