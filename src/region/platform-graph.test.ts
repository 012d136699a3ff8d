import { describe, expect, it } from "vitest";
import { trialRegions } from "../../test/support/trial-regions.ts";
import { leftOutOf, platformGraph, type RunScope } from "./platform-graph.ts";

const trial = trialRegions();
const zone = trial.resource("zone", [], { scope: "platform" });
const vpc = trial.resource("vpc", [zone]);
const resources = [zone, vpc, trial.resource("subnets", [vpc])];

const nodesOf = (scope: RunScope) => platformGraph(trial.worlds, { resources, ...scope });
const chosenIn = (scope: RunScope): readonly string[] =>
  nodesOf(scope).flatMap(({ id, chosen }) => (chosen ? [id] : []));

describe("the choice of resources", () => {
  it.each<readonly [RunScope, readonly string[]]>([
    [{ only: ["vpc"] }, ["eu/vpc", "us/vpc"]],
    [{ only: ["eu/vpc", "subnets"] }, ["eu/vpc", "eu/subnets", "us/subnets"]],
    [{ only: ["platform/zone"] }, ["platform/zone"]],
    [{ except: ["vpc", "us/subnets"] }, ["platform/zone", "eu/subnets"]],
    [{ only: ["vpc"], except: ["eu/vpc"] }, ["us/vpc"]],
    [{ only: ["vpc"], regions: ["us"] }, ["us/vpc"]],
    [{ platform: false, regions: ["us"] }, ["us/vpc", "us/subnets"]],
  ])("The scope %j changes exactly %j", (scope, ids) => {
    expect(chosenIn(scope)).toEqual(ids);
  });

  it("What is left out is named, and a whole plan leaves out nothing", () => {
    const scope = { only: ["vpc"], regions: ["eu"] };
    expect(leftOutOf(nodesOf(scope), scope)).toEqual({
      only: ["vpc"],
      except: [],
      resources: ["platform/zone", "eu/subnets"],
    });
    expect(leftOutOf(nodesOf({ regions: ["eu"] }), { regions: ["eu"] })).toBeUndefined();
  });

  it("A resource that does not exist is refused, with those that are meant", () => {
    expect(() => nodesOf({ only: ["vcp"] })).toThrow(
      expect.objectContaining({
        code: "REGION_RESOURCE_UNKNOWN",
        exit: 2,
        message: 'The platform has no resource "vcp".',
        next: expect.arrayContaining(["Did you mean vpc?"]),
      }),
    );
    expect(() => nodesOf({ except: ["mars/vpc"] })).toThrow('The platform has no resource "mars/vpc".');
  });
});
