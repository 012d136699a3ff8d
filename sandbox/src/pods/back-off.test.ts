import { expect, it } from "vitest";
import { assumedBackOff, type BackOff, restartAfter } from "./back-off.ts";

/** Returns the delay after each crash of a container that runs for `ranMs` every time. */
function waits(count: number, ranMs: number): number[] {
  let backOff: BackOff | undefined;
  let now = 0;
  return Array.from({ length: count }, () => {
    now += ranMs;
    const next = restartAfter(backOff, now);
    backOff = next.backOff;
    const waited = next.at - now;
    now = next.at;
    return waited / 1_000;
  });
}

it("A crashed container restarts immediately, then after 10 s, doubling to five minutes", () => {
  expect(waits(8, 1_000)).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
});

it("The back-off of a container is reset by a run of more than ten minutes", () => {
  expect(waits(3, 601_000)).toEqual([0, 0, 0]);
});

it("The back-off of a container that is taken over is derived from its number of restarts", () => {
  expect(assumedBackOff(0, 0)).toBeUndefined();
  expect([1, 2, 3, 9].map((restarts) => assumedBackOff(restarts, 5)?.delayMs)).toEqual([
    10_000, 20_000, 40_000, 300_000,
  ]);
});
