import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { packageOf } from "../../scaffold/python-package.ts";
import { readRecord } from "../../scaffold/update/record.ts";
import { givenStores } from "./given-stores.run.ts";
import { provision } from "../../../sandbox/src/stores/provision.ts";
import type { StoreClient } from "../../../sandbox/src/stores/store-client.ts";
import { storeNames } from "../../../sandbox/src/stores/store.ts";

/**
 * Gives the services in these folders access to the data stores that bootstrap created, or else to the sandbox's, and
 * reports what it created or updated.
 */
export async function provisionServices(name: string, folders: readonly string[], context: Context): Promise<void> {
  const clients = (await Promise.all([...new Set(folders)].map(storeClientOf))).filter((each) => each !== undefined);
  const storesData = clients.some(({ stores }) => stores.length > 0);
  const given = storesData ? await givenStores(name, context) : undefined;
  const { created, updated } = await provision(clients, name, context, given);
  const note = (text: string): void => context.emit({ type: "note", level: "info", text });
  for (const secret of created) note(`Created an account and its secret, ${secret}`);
  for (const secret of updated) note(`Updated the address of the data store in the secret ${secret}`);
}

/** Returns undefined if the folder does not contain a service made by gennet. */
async function storeClientOf(folder: string): Promise<StoreClient | undefined> {
  try {
    const { answers } = await readRecord(folder, folder);
    const { name, domain, platform, features = [] } = answers;
    const owner = packageOf(name);
    return {
      name,
      platform,
      owner,
      // The name used by the template's ExternalSecrets.
      secrets: `${platform ?? domain}/${name}`,
      stores: storeNames.filter((store) => features.includes(store)),
    };
  } catch (error) {
    if (error instanceof AppError && error.code === "SCAFFOLD_NOT_A_SERVICE") return undefined;
    throw error;
  }
}
