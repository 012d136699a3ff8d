import { describe, expect, it } from "vitest";
import { clusterContext } from "../../../test/support/cluster-context.ts";
import { fence, frontMatter } from "../../../test/support/runbook-trial.ts";
import type { Context } from "../../context.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { RunFolder } from "../../host/run-folders.ts";
import { parseRunbook } from "../../runbooks/format/parse-runbook.ts";
import { prepare } from "../../runbooks/prepare.ts";
import type { ProgramCall } from "../../runbooks/run/world.ts";
import { sourcesOf } from "./inputs.run.ts";
import { worldOf } from "./runbook-world.run.ts";

const folder: RunFolder = {
  path: "/runs/r1",
  evidence: "/runs/r1/evidence",
  write: async () => undefined,
  read: async () => undefined,
  files: async () => [],
};
const env = { RUNBOOK_API_TOKEN: "pl4nted", HOME: "/home/ana" };

describe("what a run of a runbook works with", () => {
  it.each(["kubectl", "aws", "gennet", "sh"] as const)(
    "%s gets secret inputs only if it runs a script",
    async (program) => {
      const given: Record<string, string | undefined>[] = [];
      const context = clusterContext(
        {},
        {
          env,
          run: async (started) => {
            given.push(started.env);
            return { exit: 0, stdout: "", stderr: "", output: "", isCut: false };
          },
        },
      );
      const secrets = new Map([["api-token", new SecretValue("pl4nted")]]);
      const world = await worldOf(folder, secrets, context);
      const call: ProgramCall = { program, args: [], env: program === "sh" ? { RUNBOOK_API_TOKEN: "pl4nted" } : {} };
      await world.run(call, () => undefined, context.signal);
      expect(given.map(({ HOME, RUNBOOK_API_TOKEN }) => [HOME, RUNBOOK_API_TOKEN])).toEqual([
        ["/home/ana", program === "sh" ? "pl4nted" : undefined],
      ]);
    },
  );

  it("An empty variable is not the value of a secret input", async () => {
    const front = frontMatter.replace("inputs:", "inputs:\n  token: { summary: a token, secret: true }");
    const runbook = parseRunbook(`${front}${fence("shell reads", "true")}`, "r.md");
    const context = clusterContext({}, { env: { RUNBOOK_TOKEN: "" } });
    const options = { ...context.options, context: ["eu"], region: [], noInput: true } as unknown as Context["options"];
    const { sources } = await sourcesOf(
      runbook,
      { id: "r.md", input: [], fromFinding: undefined },
      { ...context, options },
    );
    await expect(prepare(runbook, sources)).rejects.toMatchObject({
      code: "USAGE_ANSWER_MISSING",
      message: expect.stringContaining("RUNBOOK_TOKEN") as unknown,
    });
  });
});
