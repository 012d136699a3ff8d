import { describe, expect, it } from "vitest";
import { creation, update } from "../core/resource.ts";
import { assertNotStale, parsePlan } from "./plan-file.ts";
import { described, planVersion, type RegionChange, type RegionPlanEntry } from "./region-plan.ts";

const change = described({
  step: "vpc",
  title: "VPC",
  operations: [creation("acme-eu-vpc", { range: "10.0.0.0/16", "DNS host names": true })],
});
const done = described({ step: "cluster", title: "EKS cluster", operations: [] });
const blocked = described({
  step: "node-group",
  title: "Node group",
  operations: [update("default", "nodes", 5, 3)],
  obstacle: { kind: "blocked", reason: "another manager owns it", next: ["kubectl get pdb -A"] },
});
const entry = (changes: readonly RegionChange[], spec = "s1"): RegionPlanEntry => ({
  name: "eu",
  awsRegion: "eu-west-1",
  accountId: "111122223333",
  spec,
  changes,
});

describe("a plan file", () => {
  it("A plan file is read as it was written", () => {
    const plan = { kind: "RegionPlan", planVersion, regions: [entry([change, done, blocked])], findings: [] } as const;
    expect(parsePlan(JSON.stringify({ apiVersion: "gennet/v1", ...plan }), "plan.json")).toEqual(plan);
  });

  it.each([
    ["nonsense", "plan.json is not a plan of gennet region plan: it is not JSON"],
    ['{"apiVersion":"gennet/v1","kind":"StatusReport","regions":[]}', "kind"],
    ['{"apiVersion":"gennet/v2","kind":"RegionPlan","regions":[]}', "apiVersion"],
    ['{"apiVersion":"gennet/v1","kind":"RegionPlan","planVersion":3,"regions":[{"name":"eu"}]}', "regions.0"],
    ['{"apiVersion":"gennet/v1","kind":"RegionPlan","regions":[]}', "it was written by another version of gennet"],
  ])("A plan file is refused: %s", (text, says) => {
    expect(() => parsePlan(text, "plan.json")).toThrow(says);
  });
});

describe("a stored plan", () => {
  it("A stored plan is valid while gennet.yaml and the region are the same", () => {
    expect(() => assertNotStale(entry([change]), entry([change]))).not.toThrow();
  });

  it("A stored plan is valid if a part of it is already done", () => {
    expect(() => assertNotStale(entry([change]), entry([{ ...change, operations: [] }]))).not.toThrow();
  });

  it("A stored plan is valid if the first half of a change is done", () => {
    const rest = described({ ...change, operations: [update("acme-eu-vpc", "DNS host names", true)] });
    expect(() => assertNotStale(entry([change]), entry([rest]))).not.toThrow();
  });

  it("A stored plan is refused for another gennet.yaml", () => {
    expect(() => assertNotStale(entry([change]), entry([change], "s2"))).toThrow(
      expect.objectContaining({ code: "PLAN_SPEC_CHANGED", exit: 7 }),
    );
  });

  it.each([
    ["a change it does not have", { ...change, step: "subnets" }],
    ["an update of what the plan has as done", { ...done, operations: [update("acme-eu", "logs", "api")] }],
    ["another range", { ...change, operations: [creation("acme-eu-vpc", { range: "10.1.0.0/16" })] }],
  ])("A stored plan is refused for a region that needs %s", (_what, now) => {
    expect(() => assertNotStale(entry([change, done]), entry([now]))).toThrow(
      expect.objectContaining({ code: "PLAN_DRIFTED", exit: 7 }),
    );
  });

  it("A stored plan is refused if a blocked change has become possible", () => {
    const possible = described({ step: blocked.step, title: blocked.title, operations: blocked.operations });
    expect(() => assertNotStale(entry([blocked]), entry([possible]))).toThrow(
      expect.objectContaining({ code: "PLAN_DRIFTED" }),
    );
  });
});
