import { unlessGiven } from "../../given.ts";
import { otherAwsRegions } from "../../primary-region.ts";
import { ownedByPlatformOnly } from "../../owned-only.ts";
import { platformTags } from "../../world.ts";
import { instanceId, postgresDatabase, postgresSecretName, postgresUser, wantsPostgres } from "./postgres-facts.ts";
import { givenLogin } from "./given-login.ts";
import { storeSecret } from "./store-secret.ts";

/**
 * The login of the database's owner, in the primary region and replicated to the others. RDS manages no password for a
 * database that has read replicas.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
 */
export const postgresLogin = unlessGiven(
  storeSecret({
    id: "postgres-login",
    title: "Login of PostgreSQL",
    scope: "platform",
    wanted: wantsPostgres,
    name: postgresSecretName,
    tags: platformTags,
    owned: (secret, world) => ownedByPlatformOnly(secret, `secret "${secret.name}"`, world),
    login: { engine: "postgres", dbname: postgresDatabase, username: postgresUser },
    replicas: otherAwsRegions,
    storeExists: async ({ world, signal }) =>
      (await (await world.aws.service("rds")).instance(instanceId(world), signal)) !== undefined,
  }),
  givenLogin,
);
