import { describe, expect, it } from "vitest";
import { answersInTurn } from "../../test/support/must-be-used.ts";
import { AppError } from "./error.ts";
import { type Look, poll, type Poll } from "./poll.ts";

const lost = new AppError("AWS_UNREACHABLE", "connection reset");
const late = new AppError("STEP_NOT_READY", "too late");

/** Returns the results one after the other, repeating the last one; time only passes by sleeping. */
function polling(answers: readonly (Look<string> | AppError)[], more: Partial<Poll<string>> = {}) {
  let now = 0;
  const told: string[] = [];
  const next = answersInTurn("answers", answers, () => answers.at(-1) as Look<string> | AppError);
  const result = poll<string>({
    look: async () => {
      const answer = next();
      if (answer instanceof AppError) throw answer;
      return answer;
    },
    patienceMs: 5_000,
    firstPauseMs: 1_000,
    longestPauseMs: 2_000,
    report: (waiting, waited) => void told.push(`${waiting} ${waited}`),
    late: () => late,
    clock: { now: () => now, sleep: async (ms) => void (now += ms) },
    signal: new AbortController().signal,
    ...more,
  });
  return { result, told };
}

describe("poll", () => {
  it("poll returns an existing value immediately", async () => {
    const { result, told } = polling([{ found: "it" }]);
    expect(await result).toBe("it");
    expect(told).toEqual([]);
  });

  it("poll tries again after growing pauses, and reports the time since the first attempt", async () => {
    const waiting = { waiting: "CREATING" };
    const { result, told } = polling([waiting, waiting, waiting, { found: "it" }]);
    expect(await result).toBe("it");
    expect(told).toEqual(["CREATING 0", "CREATING 1000", "CREATING 2600"]);
  });

  it("poll times out with the last state that it saw", async () => {
    await expect(polling([{ waiting: "CREATING" }]).result).rejects.toBe(late);
  });

  it("poll continues after an error that is tolerated", async () => {
    const { result, told } = polling([lost, { found: "it" }], { tolerates: () => true });
    expect(await result).toBe("it");
    expect(told).toEqual(["connection reset 0"]);
  });

  it("poll times out with the error of its last attempt", async () => {
    await expect(polling([lost], { tolerates: () => true }).result).rejects.toBe(lost);
  });

  it("poll throws an error that is not tolerated immediately", async () => {
    const { result, told } = polling([lost]);
    await expect(result).rejects.toBe(lost);
    expect(told).toEqual([]);
  });

  it("poll rejects with the reason of an abort, whatever the attempt throws", async () => {
    const reason = new AppError("INTERRUPTED", "Ctrl-C");
    const controller = new AbortController();
    controller.abort(reason);
    const { result } = polling([lost], { tolerates: () => true, signal: controller.signal });
    await expect(result).rejects.toBe(reason);
  });
});
