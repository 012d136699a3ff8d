import { describe, expect, it } from "vitest";
import type { PlannedChange } from "../core/plan.ts";
import { assertCurrent, parsePlan } from "./plan-file.ts";
import type { RegionPlanEntry } from "./region-plan.ts";

const change: PlannedChange = {
  step: "vpc",
  title: "VPC",
  scope: "region",
  action: "create",
  summary: "acme-eu-vpc, 10.0.0.0/16",
  details: [],
};
const done: PlannedChange = { ...change, step: "cluster", action: "none", summary: "nothing to do" };
const entry = (changes: readonly PlannedChange[], spec = "s1"): RegionPlanEntry => ({
  name: "eu",
  awsRegion: "eu-west-1",
  accountId: "111122223333",
  spec,
  seen: "w1",
  changes,
});

describe("a plan file", () => {
  it("comes back as it was written", () => {
    const plan = { kind: "RegionPlan", regions: [entry([change])], findings: [] } as const;
    expect(parsePlan(JSON.stringify({ apiVersion: "gennet/v1", ...plan }), "plan.json")).toEqual(plan);
  });

  it.each([
    ["nonsense", "plan.json is no plan of gennet region plan: it is not JSON"],
    ['{"apiVersion":"gennet/v1","kind":"StatusReport","regions":[]}', "kind"],
    ['{"apiVersion":"gennet/v2","kind":"RegionPlan","regions":[]}', "apiVersion"],
    ['{"apiVersion":"gennet/v1","kind":"RegionPlan","regions":[{"name":"eu"}]}', "regions.0"],
  ])("is refused: %s", (text, says) => {
    expect(() => parsePlan(text, "plan.json")).toThrow(says);
  });
});

describe("a stored plan", () => {
  it("holds while spec and world are the same", () => {
    expect(() => assertCurrent(entry([change]), entry([change]))).not.toThrow();
  });

  it("holds where a part of it is done already", () => {
    expect(() =>
      assertCurrent(entry([change]), entry([{ ...change, action: "none", summary: "nothing to do" }])),
    ).not.toThrow();
  });

  it("is refused for another gennet.yaml", () => {
    expect(() => assertCurrent(entry([change]), entry([change], "s2"))).toThrow(
      expect.objectContaining({ code: "PLAN_SPEC_CHANGED", exit: 7 }),
    );
  });

  it.each([
    ["a change it does not have", { ...change, step: "subnets" }],
    [
      "an update of what the plan holds for done",
      { ...change, step: "cluster", action: "update" as const, details: ["log api"] },
    ],
    ["other details", { ...change, details: ["10.1.0.0/16"] }],
  ])("is refused for a world that needs %s", (_what, now) => {
    expect(() => assertCurrent(entry([change, done]), entry([now]))).toThrow(
      expect.objectContaining({ code: "PLAN_DRIFTED", exit: 7 }),
    );
  });
});
