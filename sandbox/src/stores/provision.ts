import { AppError } from "../../../src/core/error.ts";
import type { SandboxFolder } from "../folders.ts";
import { isReady } from "../region/http.ts";
import { withLock } from "../processes/lock.ts";
import type { Setting } from "../setting.ts";
import { requireState } from "../status.ts";
import type { SandboxState } from "../state.ts";
import { type MakeAccount, neo4jAccount, newAccount, postgresAccount, redisAccount } from "./account.ts";
import { type GivenSecrets, type GivenStores, givenTo, provisionGiven } from "./given-stores.ts";
import { passwordOf } from "./launch.ts";
import { storeParts } from "./parts.ts";
import { secretOf } from "./secret-of.ts";
import { createSecret, hasSecret } from "./secrets.ts";
import type { StoreClient } from "./store-client.ts";
import { type StoreName, storesOf } from "./store.ts";

const makers: Readonly<Record<StoreName, MakeAccount>> = {
  postgres: postgresAccount,
  redis: redisAccount,
  neo4j: neo4jAccount,
};

/**
 * Creates missing databases, accounts and secrets for services in every region. An account that has a secret is left
 * unchanged, and so is the secret, except for the address of a store that bootstrap created. Returns what happened to
 * secrets: `eu-west-1: shop/orders/redis`.
 */
export async function provision(
  clients: readonly StoreClient[],
  name: string,
  setting: Setting,
  given?: GivenStores,
): Promise<GivenSecrets> {
  if (clients.every(({ stores }) => stores.length === 0)) return { created: [], updated: [] };
  const { folder } = await requireState(name, setting);
  return withLock(folder.lock, { waitMs: 8_000, what: `sandbox ${name}` }, setting, async () => {
    const { state } = await requireState(name, setting);
    const created: string[] = [];
    const updated: string[] = [];
    for (const client of clients) {
      const theirs = givenTo(client, given);
      const rest = { ...client, stores: client.stores.filter((store) => !theirs.includes(store)) };
      sayLacking(rest, state, setting);
      if (given !== undefined && theirs.length > 0) {
        const secrets = await provisionGiven({ ...client, stores: theirs }, given, state, setting.signal);
        created.push(...secrets.created);
        updated.push(...secrets.updated);
      }
      created.push(...(await provisionOne(rest, state, folder, setting)));
    }
    return { created, updated };
  });
}

function sayLacking({ name, stores }: StoreClient, state: SandboxState, { emit }: Setting): void {
  const lacking = stores.filter((store) => !storesOf(state).includes(store));
  if (lacking.length === 0) return;
  const command = `gennet sandbox up --name ${state.name} --with ${lacking.join(",")}`;
  emit({ type: "note", level: "warn", text: `${name} uses stores that the sandbox does not have. Add them with: ${command}` });
}

async function provisionOne(
  client: StoreClient,
  state: SandboxState,
  folder: SandboxFolder,
  { signal }: Setting,
): Promise<readonly string[]> {
  const made: string[] = [];
  for (const { store, component, folder: own } of storeParts(state, folder)) {
    const { awsRegion = "" } = component;
    const name = `${client.secrets}/${store}`;
    if (!client.stores.includes(store) || (await hasSecret(state, awsRegion, name, signal))) continue;
    if (!(await isReady(component.probe, signal))) throw notRunning(store, awsRegion, state.name);
    const account = newAccount(client);
    await makers[store]({ port: component.port, password: await passwordOf(own) }, account);
    await createSecret(state, awsRegion, name, secretOf(store, account), signal);
    made.push(`${awsRegion}: ${name}`);
  }
  return made;
}

function notRunning(store: StoreName, awsRegion: string, sandbox: string): AppError {
  return new AppError("SANDBOX_COMPONENT_FAILED", `The ${store} of ${awsRegion} is not running.`, {
    next: [`gennet sandbox up --name ${sandbox}  # starts what is not running`],
  });
}
