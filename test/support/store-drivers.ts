import { readFile } from "node:fs/promises";
import { Redis } from "ioredis";
import neo4j from "neo4j-driver";
import { Client } from "pg";
import type { StoreAddress } from "../../sandbox/src/stores/addresses.ts";

type Asked = (login: { host: string; port: number; user: string; password: string }) => Promise<unknown>;

const questions: Readonly<Record<StoreAddress["store"], Asked>> = {
  postgres: async (login) => {
    const client = new Client({ ...login, database: "postgres" });
    await client.connect();
    const { rows } = await client.query<{ one: number }>("SELECT 1 AS one");
    await client.end();
    return rows[0]?.one;
  },
  redis: async ({ host, port, password }) => {
    const client = new Redis({ host, port, password, lazyConnect: true });
    await client.connect();
    const answer = await client.ping();
    client.disconnect();
    return answer;
  },
  neo4j: async ({ host, port, user, password }) => {
    const driver = neo4j.driver(`bolt://${host}:${port}`, neo4j.auth.basic(user, password), {
      disableLosslessIntegers: true,
    });
    const { records } = await driver.executeQuery("RETURN 1 AS one");
    await driver.close();
    return records[0]?.get("one") as unknown;
  },
};

/** Returns the response of each store to its driver, which logs in as the store's administrator. */
export async function answersOf(stores: readonly StoreAddress[]): Promise<Readonly<Record<string, unknown>>> {
  const answers = await Promise.all(
    stores.map(async ({ store, address, administrator, passwordFile }) => {
      const [host = "", port] = address.split(":");
      const login = { host, port: Number(port), user: administrator, password: await readFile(passwordFile, "utf8") };
      return [store, await questions[store](login)] as const;
    }),
  );
  return Object.fromEntries(answers);
}
