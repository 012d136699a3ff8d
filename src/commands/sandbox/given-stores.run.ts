import { readFile } from "node:fs/promises";
import { type Context, createContext } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import type { Platform } from "../../platform/schema.ts";
import { isPrimary } from "../../region/primary-region.ts";
import { forwardsWrites } from "../../region/resources/forwarding/forwarding-facts.ts";
import { instanceId, postgresSecretName, wantsPostgres } from "../../region/resources/stores/postgres-facts.ts";
import { redisSecretName, wantsRedis } from "../../region/resources/stores/redis-facts.ts";
import type { RegionWorld } from "../../region/world.ts";
import { environmentIn } from "../../../sandbox/src/env.ts";
import { requireState } from "../../../sandbox/src/status.ts";
import type { GivenStores } from "../../../sandbox/src/stores/given-stores.ts";
import type { SecretFields } from "../../../sandbox/src/stores/secret-of.ts";
import { readSecret } from "../../../sandbox/src/stores/secrets.ts";
import { worldsOf } from "../region/worlds.run.ts";

/**
 * Returns the stores that `gennet region bootstrap` created in a sandbox for the platform of gennet.yaml; undefined
 * without a gennet.yaml, and for one of another account.
 */
export async function givenStores(name: string, context: Context): Promise<GivenStores | undefined> {
  const platform = await platformIn(context);
  const { state, folder } = await requireState(name, context);
  const isHere = ({ awsRegion, accountId }: Platform["regions"][number]): boolean =>
    accountId === state.aws.accountId && state.regions.some((each) => each.awsRegion === awsRegion);
  if (platform === undefined || !platform.regions.every(isHere)) return undefined;
  const { host, options, signal } = context;
  const own = createContext({ ...host, env: environmentIn(state, folder, host.env) }, options, signal, context);
  const read = async ({ region }: RegionWorld, secret: string): Promise<SecretFields> =>
    (await readSecret(state, region.awsRegion, secret, signal)) ?? {};
  try {
    const worlds = await worldsOf(own);
    const redis = await Promise.all(
      worlds.filter(wantsRedis).map(async (world) => {
        const { host: address, port, username, password } = await read(world, redisSecretName(world));
        const fields = { host: address, port, username, password };
        return [world.region.awsRegion, hasAll(fields) ? fields : undefined] as const;
      }),
    );
    const ca = await readFile(folder.aws("stores", "ca.crt"), "utf8").catch(() => undefined);
    const postgres = await givenPostgres(worlds.filter(wantsPostgres), read, ca, signal);
    return {
      platform: platform.name,
      ...(postgres === undefined ? {} : { postgres }),
      redis: new Map(redis.flatMap(([awsRegion, fields]) => (fields === undefined ? [] : [[awsRegion, fields]]))),
    };
  } finally {
    await own.close();
  }
}

/** Returns undefined until every region has its instance, and the secret has the address of the source. */
async function givenPostgres(
  worlds: readonly RegionWorld[],
  read: (world: RegionWorld, secret: string) => Promise<SecretFields>,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<GivenStores["postgres"]> {
  const source = worlds.find(isPrimary);
  if (source === undefined || ca === undefined) return undefined;
  const instances = await Promise.all(
    worlds.map(async (world) => ({
      world,
      instance: await (await world.aws.service("rds")).instance(instanceId(world), signal),
    })),
  );
  const writer = instances.find(({ instance }) => instance !== undefined && instance.replicaOf === undefined)?.instance;
  const { host, port, dbname, username, password } = await read(source, postgresSecretName(source));
  if (!hasAll({ host, port, dbname, username, password }) || writer?.host === undefined) return undefined;
  const endpoints = instances.map(({ instance }) => instance?.host);
  if (endpoints.includes(undefined)) return undefined;
  const forwards = forwardsWrites(source);
  const addresses = instances.map(({ world, instance }): readonly [string, SecretFields] => {
    const own = { host: instance?.host ?? "", port: Number(port) };
    // Every instance may become the one that takes writes.
    if (forwards) return [world.region.awsRegion, { ...own, host: String(host), tls_names: endpoints.join(" ") }];
    return [world.region.awsRegion, instance?.replicaOf === undefined ? own : { ...own, read_only: "true" }];
  });
  const owner = {
    host: writer.host,
    port: Number(port),
    user: String(username),
    password: String(password),
    database: String(dbname),
    ca,
  };
  return { owner, addresses: new Map(addresses) };
}

function hasAll(fields: Readonly<Record<string, string | number | undefined>>): fields is SecretFields {
  return Object.values(fields).every((value) => value !== undefined);
}

async function platformIn(context: Context): Promise<Platform | undefined> {
  try {
    return await context.platform();
  } catch (error) {
    const isAbsent = error instanceof AppError && error.code === "CONFIG_NOT_FOUND";
    if (isAbsent && context.options.config === undefined) return undefined;
    throw error;
  }
}
