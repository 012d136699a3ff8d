import type { Account } from "./account.ts";
import { servicePorts, storeHost, type StoreName } from "./store.ts";

/** What is in the secret about an account: what RDS's rotation writes, and what the template's Deployment reads. */
export function secretOf(store: StoreName, account: Account): Readonly<Record<string, string | number>> {
  const { owner, username, password } = account;
  const [host, port] = [storeHost(store), servicePorts[store]];
  if (store === "neo4j") return { uri: `neo4j+s://${host}:${port}`, username, password };
  const login = { host, port, username, password };
  return store === "postgres" ? { engine: "postgres", dbname: owner, ...login } : login;
}
