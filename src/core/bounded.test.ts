import { expect, it } from "vitest";
import { eachBounded } from "./bounded.ts";

it("eachBounded waits until all started work has ended before it throws the first error", async () => {
  const ended: number[] = [];
  let release = (): void => undefined;
  const slow = new Promise<void>((resolve) => (release = resolve));
  const all = eachBounded([1, 2, 3], 2, async (item) => {
    if (item === 1) throw new Error("the first");
    if (item === 2) await slow;
    ended.push(item);
    // The last item lets the slow one continue.
    if (item === 3) release();
  });
  await expect(all).rejects.toThrow("the first");
  expect(ended).toEqual([3, 2]);
});

it("mapBounded keeps the order of the items", async () => {
  expect(await eachBounded(["a", "b"], 1, async (item) => item.toUpperCase())).toEqual(["A", "B"]);
});
