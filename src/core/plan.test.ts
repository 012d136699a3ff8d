import { describe, expect, it } from "vitest";
import { actionOn, dueChange, fingerprint, isPending, makePlan } from "./plan.ts";
import { type AnyResource, asDesired, creation, ready, type Readiness } from "./resource.ts";

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
  it("names every step in an order in which it can be made, and changes nothing", async () => {
    const a = step("a", [], undefined);
    const plan = await makePlan([step("b", [a], 1), a], 0, {}, signal);
    expect(plan.changes.map((change) => [change.step, actionOn(change)])).toEqual([
      ["a", "create"],
      ["b", "none"],
    ]);
  });

  it("has the same hash for the same description, whatever the order of its keys", async () => {
    const specOf = async (spec: unknown): Promise<string> => (await makePlan([], 0, spec, signal)).spec;
    const first = await specOf({ name: "x", zones: 3 });
    expect(await specOf({ zones: 3, name: "x" })).toBe(first);
    expect(await specOf({ name: "x", zones: 2 })).not.toBe(first);
  });

  it("waits for what is as desired but not ready, and is blocked by what has failed for good", () => {
    const due = (readiness: Readiness): ReturnType<typeof dueChange> =>
      dueChange({ title: "VPC", ready: () => readiness }, undefined, asDesired);
    expect(due({ state: "waiting", detail: "CREATING" })).toEqual({ operations: [{ verb: "wait", target: "VPC" }] });
    const failed = due({ state: "failed", reason: "no capacity" });
    expect(failed.obstacle).toEqual({ kind: "blocked", reason: "no capacity" });
    expect(isPending(failed)).toBe(false);
  });
});

describe("fingerprint", () => {
  it("does not mind the order of keys, but that of lists", () => {
    expect(fingerprint({ a: 1, b: [1, 2] })).toBe(fingerprint({ b: [1, 2], a: 1 }));
    expect(fingerprint([1, 2])).not.toBe(fingerprint([2, 1]));
  });
});
