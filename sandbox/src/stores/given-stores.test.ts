import { expect, it } from "vitest";
import { type GivenStores, givenTo, readdressed } from "./given-stores.ts";

const client = {
  name: "orders",
  platform: "shop",
  owner: "orders",
  secrets: "shop/orders",
  stores: ["postgres", "redis", "neo4j"],
} as const;
const owner = { host: "127.64.0.1", port: 5432, user: "gennet", password: "hush", database: "app" };
const given: GivenStores = {
  platform: "shop",
  postgres: { owner, addresses: new Map([["eu-west-1", { host: "127.64.0.1", port: 5432 }]]) },
  redis: new Map(),
};

it("A service uses the stores that bootstrap created for its platform, and the sandbox's own for the rest", () => {
  expect(givenTo(client, given)).toEqual(["postgres"]);
  expect(givenTo(client, { ...given, redis: new Map([["eu-west-1", {}]]) })).toEqual(["postgres", "redis"]);
  expect(givenTo({ ...client, platform: "other" }, given)).toEqual([]);
  expect(givenTo({ ...client, platform: undefined }, given)).toEqual([]);
  expect(givenTo({ ...client, stores: ["neo4j"] }, given)).toEqual([]);
  expect(givenTo(client, undefined)).toEqual([]);
});

it("A secret of a service gets the address that its store has now, and keeps its login and other fields", () => {
  const login = { engine: "postgres", dbname: "orders", username: "orders_b", password: "rotated" };
  const first = { ...login, username: "orders_a", password: "first" };
  const forwarded = { host: "postgres-writer.shop.internal", port: 5432, tls_names: "127.64.0.1 127.64.0.2" };
  const replica = { host: "127.64.0.2", port: 5432, read_only: "true" };
  const known = { ...login, ...forwarded, reader_host: "127.64.0.2" };
  const moved = readdressed(known, { ...first, ...replica }, "postgres");
  expect(moved).toEqual({ ...login, ...replica, reader_host: "127.64.0.2" });
  expect(readdressed(moved ?? {}, { ...first, ...forwarded }, "postgres")).toEqual(known);
});

it("A secret of a service stays as it is with its store's address, or with that of the sandbox's own store", () => {
  const given = { host: "127.64.0.1", port: 5432, dbname: "orders", username: "orders_a", password: "first" };
  expect(readdressed({ ...given, password: "rotated" }, given, "postgres")).toBeUndefined();
  expect(readdressed({ ...given, port: "5432" }, given, "postgres")).toBeUndefined();
  const own = { ...given, host: "postgres.data.svc.cluster.local" };
  expect(readdressed(own, given, "postgres")).toBeUndefined();
  expect(readdressed({ ...own, host: "127.64.0.9" }, given, "postgres")).toEqual(given);
});
