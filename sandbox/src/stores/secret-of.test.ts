import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { secretOf } from "./secret-of.ts";
import { storeNames } from "./store.ts";

const account = { service: "orders", owner: "orders", username: "orders_a", password: "hush" };

describe("the secret of an account", () => {
  it("The secret of an account contains the store's address for pods, and the login", () => {
    expect(secretOf("postgres", account)).toEqual({
      engine: "postgres",
      host: "postgres.data.svc.cluster.local",
      port: 5432,
      dbname: "orders",
      username: "orders_a",
      password: "hush",
    });
    expect(secretOf("neo4j", account)).toMatchObject({ uri: "neo4j+s://neo4j.data.svc.cluster.local:7687" });
  });

  it.each(storeNames)("The secret of an account has every key that the template's Deployment reads for %s", async (store) => {
    const deployment = await readFile("templates/fastapi-service/files/deploy/base/deployment.yaml", "utf8");
    const read = [...deployment.matchAll(new RegExp(`secretKeyRef: \\{name: ${store}, key: (\\w+)\\}`, "g"))];
    expect(read.length).toBeGreaterThan(2);
    expect(Object.keys(secretOf(store, account))).toEqual(expect.arrayContaining(read.map(([, key]) => key)));
  });
});
