import type { SecretDescription } from "../../../aws/secrets/port.ts";
import { shell } from "../../../core/shell-words.ts";
import { awsFlags } from "../../../core/aws-flags.ts";
import type { GivenFacts } from "../../given.ts";
import { otherAwsRegions } from "../../primary-region.ts";
import type { RegionWorld } from "../../world.ts";
import { instanceId, isGivenPostgres, postgresSecretName } from "./postgres-facts.ts";

/** The login of an instance that gennet.yaml gives: only its owner knows the password, and stores it. */
export const givenLogin: GivenFacts<SecretDescription | undefined, string> = {
  isGiven: isGivenPostgres,
  read: async ({ world, signal }) => (await world.aws.service("secrets")).describe(postgresSecretName(world), signal),
  problem(secret, { world }) {
    const name = postgresSecretName(world);
    if (secret === undefined) {
      const command = shell`aws secretsmanager create-secret --name ${name} --secret-string file://login.json`;
      return `there is no secret ${name} with the login of ${instanceId(world)}: store username, password, host, port and dbname as JSON, ${command} ${awsFlags(world)}`;
    }
    if (secret.deletedAt !== undefined) {
      return `the secret ${name} is scheduled for deletion: ${shell`aws secretsmanager restore-secret --secret-id ${name}`} ${awsFlags(world)}`;
    }
    return missingReplica(secret, world);
  },
  output: (secret) => (secret?.deletedAt === undefined ? secret?.name : undefined),
};

function missingReplica({ name, replicas }: SecretDescription, world: RegionWorld): string | undefined {
  const missing = otherAwsRegions(world).find((region) => !replicas.some(({ awsRegion }) => awsRegion === region));
  if (missing === undefined) return undefined;
  const command = shell`aws secretsmanager replicate-secret-to-regions --secret-id ${name} --add-replica-regions Region=${missing}`;
  return `the secret ${name} has no replica in ${missing}: ${command} ${awsFlags(world)}`;
}
