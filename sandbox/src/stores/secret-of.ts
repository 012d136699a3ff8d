import type { Account } from "./account.ts";
import { servicePorts, storeHost, type StoreName } from "./store.ts";

export type SecretFields = Readonly<Record<string, string | number>>;

/**
 * The fields of the secret for an account: those that RDS's rotation writes, and those that the template's Deployment
 * reads. `address` has at least `host` and `port`; without one, the store is the sandbox's own.
 */
export function secretOf(
  store: StoreName,
  { owner, username, password }: Account,
  address: SecretFields = { host: storeHost(store), port: servicePorts[store] },
): SecretFields {
  if (store === "neo4j") return { uri: `neo4j+s://${address["host"]}:${address["port"]}`, username, password };
  const login = { ...address, username, password };
  return store === "postgres" ? { engine: "postgres", dbname: owner, ...login } : login;
}
