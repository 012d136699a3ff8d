import type { SandboxState } from "../state.ts";
import { type Account, newAccount, type PostgresOwner, postgresAccountBy } from "./account.ts";
import { type SecretFields, secretOf } from "./secret-of.ts";
import { createSecret, readSecret } from "./secrets.ts";
import type { StoreClient } from "./store-client.ts";
import type { StoreName } from "./store.ts";

/** The data stores that `gennet region bootstrap` created: the platform's services use them, not the sandbox's. */
export interface GivenStores {
  readonly platform: string;
  readonly postgres?: {
    /** The owner's login at the source. */
    readonly owner: PostgresOwner;
    /** What services need in addition to their login, by AWS region: `host`, `port`, … */
    readonly addresses: ReadonlyMap<string, SecretFields>;
  };
  /** The login that all services of an AWS region share, with its address. */
  readonly redis: ReadonlyMap<string, SecretFields>;
}

/** Returns the stores of a service that bootstrap created. */
export function givenTo({ platform, stores }: StoreClient, given: GivenStores | undefined): readonly StoreName[] {
  if (given === undefined || given.platform !== platform) return [];
  return stores.filter((store) => (store === "postgres" && given.postgres) || (store === "redis" && given.redis.size > 0));
}

/** Creates the missing accounts and secrets of a service in these stores, as `provision` does in the sandbox's own. */
export async function provisionGiven(
  client: StoreClient,
  { postgres, redis }: GivenStores,
  state: SandboxState,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const create = async (fields: ReadonlyMap<string, SecretFields>, store: StoreName): Promise<readonly string[]> => {
    const name = `${client.secrets}/${store}`;
    const made: string[] = [];
    for (const [awsRegion, value] of fields) {
      if ((await readSecret(state, awsRegion, name, signal)) !== undefined) continue;
      await createSecret(state, awsRegion, name, value, signal);
      made.push(`${awsRegion}: ${name}`);
    }
    return made;
  };
  const made: string[] = [];
  if (client.stores.includes("postgres") && postgres !== undefined) {
    const login = await postgresLogin(client, [...postgres.addresses.keys()], state, signal);
    if (login.isNew) await postgresAccountBy(postgres.owner, login);
    const fields = [...postgres.addresses].map(
      ([awsRegion, address]) => [awsRegion, secretOf("postgres", login, address)] as const,
    );
    made.push(...(await create(new Map(fields), "postgres")));
  }
  if (client.stores.includes("redis")) made.push(...(await create(redis, "redis")));
  return made;
}

/** Returns the login that the service has in all regions: one region's secret may be missing, not the account. */
async function postgresLogin(
  client: StoreClient,
  awsRegions: readonly string[],
  state: SandboxState,
  signal: AbortSignal,
): Promise<Account & { readonly isNew: boolean }> {
  const { name: service, owner, secrets } = client;
  for (const awsRegion of awsRegions) {
    const known = await readSecret(state, awsRegion, `${secrets}/postgres`, signal);
    if (known === undefined) continue;
    return { service, owner, username: String(known["username"]), password: String(known["password"]), isNew: false };
  }
  return { ...newAccount(client), isNew: true };
}
