import { expect, it } from "vitest";
import type { Probe } from "./pod.ts";
import { noted, unasked } from "./probing.ts";

const verdicts = (answers: string, probe: Probe): (boolean | undefined)[] => {
  let record = unasked;
  return answers.split("").map((answer) => (record = noted(record, answer === "+", probe)).passed);
};

it("The verdict of a probe changes after as many equal results in a row as its threshold requires", () => {
  expect(verdicts("-+--+---", {})).toEqual([undefined, true, true, true, true, true, true, false]);
  expect(verdicts("+-++-", { successThreshold: 2, failureThreshold: 1 })).toEqual([
    undefined,
    false,
    false,
    true,
    false,
  ]);
});
