import type { SandboxState } from "../state.ts";
import { type Account, newAccount, type PostgresOwner, postgresAccountBy } from "./account.ts";
import { type SecretFields, secretOf } from "./secret-of.ts";
import { createSecret, putSecret, readSecret } from "./secrets.ts";
import type { StoreClient } from "./store-client.ts";
import { storeHost, type StoreName } from "./store.ts";

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

/** The fields of a service's secret that a bootstrap may change: where the region's requests go, and how. */
const addressFields = ["host", "port", "tls_names", "read_only"];

/** What `provisionGiven` did: `eu-west-1: shop/orders/postgres`. */
export interface GivenSecrets {
  readonly created: readonly string[];
  /** Secrets that had the address of before the last bootstrap. */
  readonly updated: readonly string[];
}

/**
 * Creates the missing accounts and secrets of a service in these stores, as `provision` does in the sandbox's own. A
 * secret that exists keeps its login and gets the address that the store has now.
 */
export async function provisionGiven(
  client: StoreClient,
  { postgres, redis }: GivenStores,
  state: SandboxState,
  signal: AbortSignal,
): Promise<GivenSecrets> {
  const created: string[] = [];
  const updated: string[] = [];
  const write = async (fields: ReadonlyMap<string, SecretFields>, store: StoreName): Promise<void> => {
    const name = `${client.secrets}/${store}`;
    for (const [awsRegion, value] of fields) {
      const known = await readSecret(state, awsRegion, name, signal);
      if (known === undefined) {
        await createSecret(state, awsRegion, name, value, signal);
        created.push(`${awsRegion}: ${name}`);
        continue;
      }
      const moved = readdressed(known, value, store);
      if (moved === undefined) continue;
      await putSecret(state, awsRegion, name, moved, signal);
      updated.push(`${awsRegion}: ${name}`);
    }
  };
  if (client.stores.includes("postgres") && postgres !== undefined) {
    const login = await postgresLogin(client, [...postgres.addresses.keys()], state, signal);
    if (login.isNew) await postgresAccountBy(postgres.owner, login);
    const fields = [...postgres.addresses].map(
      ([awsRegion, address]) => [awsRegion, secretOf("postgres", login, address)] as const,
    );
    await write(new Map(fields), "postgres");
  }
  if (client.stores.includes("redis")) await write(redis, "redis");
  return { created, updated };
}

/**
 * Returns a service's secret with the address of `given`; undefined if it has that address already, or if its login is
 * one of the sandbox's own store, which is somewhere else.
 */
export function readdressed(known: SecretFields, given: SecretFields, store: StoreName): SecretFields | undefined {
  if (known["host"] === storeHost(store)) return undefined;
  if (addressFields.every((field) => String(known[field]) === String(given[field]))) return undefined;
  const without = Object.entries(known).filter(([field]) => !addressFields.includes(field));
  const address = Object.entries(given).filter(([field]) => addressFields.includes(field));
  return Object.fromEntries([...without, ...address]);
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
