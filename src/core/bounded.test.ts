import { expect, it } from "vitest";
import { createLimiter, eachBounded } from "./bounded.ts";

it("Work that waits outside its slot lets others work, and continues only in a slot", async () => {
  const slot = createLimiter(1);
  const seen: string[] = [];
  let release = (): void => undefined;
  const waited = new Promise<void>((resolve) => (release = resolve));
  const first = slot(async () => {
    seen.push("first");
    await slot.outside(() => waited);
    seen.push("first again");
  });
  const second = slot(async () => {
    release();
    await new Promise((resolve) => setImmediate(resolve));
    seen.push("second");
  });
  await Promise.all([first, second]);
  expect(seen).toEqual(["first", "second", "first again"]);
});

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
