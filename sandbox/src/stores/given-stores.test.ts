import { expect, it } from "vitest";
import { type GivenStores, givenTo } from "./given-stores.ts";

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
