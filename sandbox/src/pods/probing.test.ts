import { expect, it } from "vitest";
import type { Probe } from "./pod.ts";
import { noted, unasked } from "./probing.ts";

const verdicts = (answers: string, probe: Probe): (boolean | undefined)[] => {
  let record = unasked;
  return answers.split("").map((answer) => (record = noted(record, answer === "+", probe)).passed);
};

it("changes its mind when as many answers in a row agree as the thresholds ask for", () => {
  expect(verdicts("-+--+---", {})).toEqual([undefined, true, true, true, true, true, true, false]);
  expect(verdicts("+-++-", { successThreshold: 2, failureThreshold: 1 })).toEqual([
    undefined,
    false,
    false,
    true,
    false,
  ]);
});
