import { describe, expect, it } from "vitest";
import { isForLog } from "./paint.ts";

// https://github.com/google-gemini/gemini-cli/issues/17870
describe("an environment", () => {
  it.each([
    [{ CI: "true" }, true],
    [{ CI: "1" }, true],
    [{ CI: "woodpecker" }, true],
    [{ NO_COLOR: "1" }, true],
    [{ TERM: "dumb" }, true],
    [{ CI: "false" }, false],
    [{ CI: "False" }, false],
    [{ CI: "0" }, false],
    [{ CI: "", NO_COLOR: "" }, false],
    [{}, false],
  ])("An environment with %j is a log: %s", (env, expected) => {
    expect(isForLog(env)).toBe(expected);
  });
});
