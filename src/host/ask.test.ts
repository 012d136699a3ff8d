import { describe, expect, it } from "vitest";
import { memoryHost, type HostOptions } from "../../test/support/host.ts";
import { answer, type Asker, type Question } from "./ask.ts";

const name: Question = {
  key: "name",
  message: "What is it called?",
  flag: "--name NAME",
  problem: (text) => (text === "bad" ? "expected another one" : undefined),
};
const colour: Question = { key: "colour", message: "Which colour?", flag: "--colour COLOUR", fallback: "blue" };
const size: Question = { key: "size", message: "Which size?", flag: "--size SIZE" };

function asker(options: HostOptions = {}, noInput = false): Asker {
  return { host: memoryHost(options), options: { noInput }, signal: new AbortController().signal };
}

describe("answers", () => {
  it("Answers that were given are used, and only the others are asked for", async () => {
    const answers = [{ at: "Which colour", answer: "red" }];
    expect(await answer([name, colour], { name: "n" }, asker({ answers }))).toEqual({ name: "n", colour: "red" });
  });

  it("Answers are the fallbacks in non-interactive mode", async () => {
    expect(await answer([name, colour], { name: "n" }, asker())).toEqual({ name: "n", colour: "blue" });
  });

  it.each([
    ["there is no terminal", asker()],
    ["--no-input was given", asker({ answers: [] }, true)],
  ])("Missing answers are rejected with every missing flag if %s", async (_why, asker) => {
    await expect(answer([name, colour, size], {}, asker)).rejects.toMatchObject({
      code: "USAGE_ANSWER_MISSING",
      message: expect.stringContaining("--name NAME, --size SIZE.") as string,
    });
  });

  it("Invalid answers that were given are rejected before anything is asked", async () => {
    await expect(answer([size, name], { name: "bad" }, asker({ answers: [] }))).rejects.toMatchObject({
      code: "USAGE_INVALID",
      message: '--name NAME: "bad" is invalid: expected another one.',
    });
  });
});
