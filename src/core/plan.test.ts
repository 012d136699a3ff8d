import { describe, expect, it } from "vitest";
import { fingerprint, isPending, makePlan, pendingChange } from "./plan.ts";
import { type AnyStep, nothing, ready } from "./step.ts";

const signal = new AbortController().signal;
const step = (id: string, needs: readonly AnyStep<number>[], actual: unknown): AnyStep<number> => ({
  id,
  title: id,
  scope: "region",
  needs,
  read: async () => actual,
  diff: (seen) => (seen === undefined ? { action: "create", summary: id, details: [] } : nothing),
  apply: () => Promise.reject(new Error("a plan changes nothing")),
  ready: () => ready,
  output: (seen) => seen,
});

describe("a plan", () => {
  it("names every step in an order in which it can be made, and changes nothing", async () => {
    const a = step("a", [], undefined);
    const plan = await makePlan([step("b", [a], 1), a], 0, {}, signal);
    expect(plan.changes.map(({ step: id, action }) => [id, action])).toEqual([
      ["a", "create"],
      ["b", "none"],
    ]);
  });

  it("has the same hashes for the same spec and world, others for others", async () => {
    const plan = (spec: unknown, actual: unknown): Promise<{ spec: string; seen: string }> =>
      makePlan([step("a", [], actual)], 0, spec, signal);
    const first = await plan({ name: "x", zones: 3 }, { id: "vpc-1", cidr: "10.0.0.0/16" });
    expect(await plan({ zones: 3, name: "x" }, { cidr: "10.0.0.0/16", id: "vpc-1" })).toEqual(first);
    expect((await plan({ name: "x", zones: 2 }, undefined)).spec).not.toBe(first.spec);
    expect((await plan({}, { id: "vpc-2", cidr: "10.0.0.0/16" })).seen).not.toBe(first.seen);
  });

  it("counts what is not ready yet as pending, and what has failed for good as blocked", () => {
    const waiting = pendingChange(nothing, { state: "waiting", detail: "CREATING" });
    expect(isPending(waiting)).toBe(true);
    const failed = pendingChange(nothing, { state: "failed", reason: "no capacity" });
    expect(failed).toMatchObject({ action: "blocked", summary: "no capacity" });
    expect(isPending(failed)).toBe(false);
  });
});

describe("fingerprint", () => {
  it("does not mind the order of keys, but that of lists", () => {
    expect(fingerprint({ a: 1, b: [1, 2] })).toBe(fingerprint({ b: [1, 2], a: 1 }));
    expect(fingerprint([1, 2])).not.toBe(fingerprint([2, 1]));
  });
});
