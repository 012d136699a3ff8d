import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { runTour } from "../support/readme-tour.ts";
import { emptied } from "../support/sandbox-environment.ts";

const sandbox = inject("sandbox");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-readme-"));
  await emptied(sandbox, "orders");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the README", () => {
  it("Every line of the README's tour works, in one shell, from top to bottom", async () => {
    const env = {
      XDG_STATE_HOME: sandbox.stateHome,
      // A reader has one sandbox, but here there may be several.
      GENNET_NAME: sandbox.name,
    };
    const { ends, stderr } = await runTour("tour", folder, env);
    const expected = ends.map(([line]) => [line, line.startsWith("gennet region plan") ? 8 : 0]);
    expect(ends, stderr).toEqual(expected);
  });
});
