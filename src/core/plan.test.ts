import { describe, expect, it } from "vitest";
import { actionOn, dueChange, isPending } from "./due.ts";
import { fingerprint, makePlan } from "./plan.ts";
import { type AnyResource, asDesired, creation, ready, type Readiness } from "./resource.ts";
import { resourceGraph } from "./resource-graph.ts";

const signal = new AbortController().signal;
const step = (id: string, needs: readonly AnyResource<number>[], actual: unknown): AnyResource<number> => ({
  id,
  title: id,
  needs,
  read: async () => actual,
  diff: (seen) => (seen === undefined ? { operations: [creation(id)] } : asDesired),
  apply: () => Promise.reject(new Error("a plan changes nothing")),
  ready: () => ready,
  output: (seen) => seen,
});

describe("a plan", () => {
  const verify = async (): Promise<void> => undefined;

  it("A plan lists every step in a possible order, and changes nothing", async () => {
    const a = step("a", [], undefined);
    const nodes = resourceGraph([step("b", [a], 1), a], [{ region: "eu", world: 0, isPrimary: true }]);
    const plan = await makePlan(nodes, verify, signal);
    expect(plan.changes.map((change) => [change.region, change.step, actionOn(change)])).toEqual([
      ["eu", "a", "create"],
      ["eu", "b", "none"],
    ]);
  });

  it("A plan leaves out a region that cannot be read, with the reason, and what needs that region", async () => {
    const lost = new Error("unreachable");
    const zone: AnyResource<number> = { ...step("zone", [], undefined), scope: "platform" };
    const database: AnyResource<number> = {
      ...step("database", [zone], undefined),
      read: async ({ world }) => (world === 2 ? Promise.reject(lost) : undefined),
    };
    const report: AnyResource<number> = { ...step("report", [database], undefined), scope: "platform" };
    const places = ["eu", "us"].map((region, index) => ({ region, world: index + 1, isPrimary: index === 0 }));
    const { changes, failures } = await makePlan(resourceGraph([report, database], places), verify, signal);
    expect(changes.map(({ region, step: id }) => [region, id])).toEqual([
      [undefined, "zone"],
      ["eu", "database"],
    ]);
    expect([...failures]).toEqual([
      ["us", lost],
      [undefined, lost],
    ]);
  });

  it("A plan waits for resources that are as desired but not ready, and is blocked by failed ones", () => {
    const due = (readiness: Readiness): ReturnType<typeof dueChange> =>
      dueChange({ title: "VPC", ready: () => readiness }, undefined, asDesired);
    expect(due({ state: "waiting", detail: "CREATING" })).toEqual({ operations: [{ verb: "wait", target: "VPC" }] });
    const failed = due({ state: "failed", reason: "no capacity" });
    expect(failed.obstacle).toEqual({ kind: "blocked", reason: "no capacity" });
    expect(isPending(failed)).toBe(false);
  });
});

describe("fingerprint", () => {
  it("A fingerprint ignores the order of keys, but not that of lists", () => {
    expect(fingerprint({ a: 1, b: [1, 2] })).toBe(fingerprint({ b: [1, 2], a: 1 }));
    expect(fingerprint([1, 2])).not.toBe(fingerprint([2, 1]));
  });
});
