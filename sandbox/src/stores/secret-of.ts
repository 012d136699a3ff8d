import type { Account } from "./account.ts";
import { servicePorts, storeHost, type StoreName } from "./store.ts";

/**
 * The fields of the secret for an account: those that RDS's rotation writes, and those that the template's Deployment
 * reads.
 */
export function secretOf(store: StoreName, account: Account): Readonly<Record<string, string | number>> {
  const { owner, username, password } = account;
  const [host, port] = [storeHost(store), servicePorts[store]];
  if (store === "neo4j") return { uri: `neo4j+s://${host}:${port}`, username, password };
  const login = { host, port, username, password };
  return store === "postgres" ? { engine: "postgres", dbname: owner, ...login } : login;
}
