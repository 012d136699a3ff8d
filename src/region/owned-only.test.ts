import { describe, expect, it } from "vitest";
import { memoryAws } from "../../test/support/memory-aws.ts";
import { memoryCluster } from "../../test/support/memory-cluster.ts";
import { platformSchema, type Region } from "../platform/schema.ts";
import { ownedOrGoing } from "./owned-only.ts";
import { ownTags, type RegionWorld } from "./world.ts";

const target = { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" };
const platform = platformSchema.parse({
  name: "acme",
  domain: "acme.example",
  regions: [{ ...target, cluster: "acme-eu" }],
});
const world: RegionWorld = {
  platform,
  region: platform.regions[0] as Region,
  aws: memoryAws(target).aws,
  cluster: async () => memoryCluster("eu").cluster,
};
const own = ownTags(world);

describe("ownedOrGoing", () => {
  it.each([
    ["with gennet's tags", { status: "active", tags: own }],
    ["that is being deleted with gennet's tags", { status: "deleting", tags: own }],
    ["that is being deleted, and has lost its tags to that", { status: "deleting", tags: {} }],
  ])("A resource %s is gennet's", (_title, found) => {
    expect(ownedOrGoing(found, "cache user", world)).toBe(found);
  });

  it.each([
    ["without tags", { status: "active", tags: {} }],
    ["that is being deleted with another platform's tags", { status: "deleting", tags: { "gennet:platform": "b" } }],
  ])("A resource %s is not gennet's, also in a run that adopts", (_title, found) => {
    expect(() => ownedOrGoing(found, "cache user", { ...world, adopts: true })).toThrow("cache user exists");
  });
});
