import { describe, expect, it } from "vitest";
import { regionTrial } from "../../test/support/region-trial.ts";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { ownedOrGoing } from "./owned-only.ts";
import { ownTags } from "./world.ts";

const world = nonEmpty(regionTrial(1).sites)[0].world();
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
