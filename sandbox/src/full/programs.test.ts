import { describe, expect, it } from "vitest";
import { inTurn } from "./programs.ts";

describe("inTurn", () => {
  it("Programs are compiled one after the other", async () => {
    const ends: (() => void)[] = [];
    const results = inTurn(["a", "b"], (name) => new Promise<string>((resolve) => ends.push(() => resolve(name))));
    await expect.poll(() => ends.length).toBe(1);
    ends[0]?.();
    expect(await results.get("a")).toBe("a");
    await expect.poll(() => ends.length).toBe(2);
    ends[1]?.();
    expect(await results.get("b")).toBe("b");
  });

  it("After a program failed to compile, the remaining ones are not started, and fail with it", async () => {
    const begun: string[] = [];
    const results = inTurn(["a", "b", "c"], async (name) => {
      begun.push(name);
      if (name === "b") throw new Error("no space left");
    });
    const outcomes = await Promise.allSettled(results.values());
    expect(begun).toEqual(["a", "b"]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  });
});
