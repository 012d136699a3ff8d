import { expect, it } from "vitest";
import { parseDuration, parseGoDuration } from "./duration.ts";

it("parseGoDuration reads durations in Go's format", () => {
  expect(["90s", "1h30m", "1.5h", "500ms", "0"].map(parseGoDuration)).toEqual([90_000, 5_400_000, 5_400_000, 500, 0]);
  expect(["-5m", "+.5s", "1500µs"].map(parseGoDuration)).toEqual([-300_000, 500, 1.5]);
  expect(["1d", "5", "", "1h 5m"].map(parseGoDuration)).toEqual([undefined, undefined, undefined, undefined]);
});

it("parseDuration reads durations of flags: with days, without fractions or signs", () => {
  expect(["30s", "1h30m", "7d", "250ms"].map(parseDuration)).toEqual([30_000, 5_400_000, 604_800_000, 250]);
  expect(["1.5h", "-5m", "5", "0", "3us"].map(parseDuration)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
