import { describe, expect, it } from "vitest";
import { fence, frontMatter } from "../../test/support/runbook-trial.ts";
import { parseRunbook } from "./format/parse-runbook.ts";
import { assertRights, assertTools } from "./requirements.ts";
import type { ProgramCall } from "./run/world.ts";
import type { EndedProgram } from "../host/run-program.ts";

const front = frontMatter.replace(
  "inputs:",
  'rights:\n  - { verb: delete, resource: pods, namespace: "${pod}-space" }\n  - { verb: list, resource: nodes }\ninputs:',
);
const runbook = parseRunbook(
  `${front}${fence("kubectl", "get pods")}${fence("aws reads", "sts get-caller-identity")}`,
  "r.md",
);
const values = new Map([
  ["region", "eu"],
  ["pod", "orders-1"],
]);
const { signal } = new AbortController();

/** Answers `kubectl auth can-i`, and keeps what was asked. */
function asking(answer: (call: ProgramCall) => Partial<EndedProgram>) {
  const asked: string[] = [];
  const said: string[] = [];
  const run = async (call: ProgramCall): Promise<EndedProgram> => {
    asked.push([call.program, ...call.args].join(" "));
    return { exit: 0, stdout: "", stderr: "", output: "", isCut: false, ...answer(call) };
  };
  const world = { run, say: (text: string) => void said.push(text), placeOf: () => ({ context: "eu-1", gennet: [] }) };
  return { asked, said, check: () => assertRights(runbook, values, world as never, signal) };
}

describe("what a runbook needs before its first step", () => {
  it("Programs that are missing are named, all of them", async () => {
    await expect(assertTools(runbook, async () => undefined)).rejects.toMatchObject({
      code: "RUNBOOK_TOOL_MISSING",
      exit: 2,
      message: "Not on the PATH: kubectl, aws.",
    });
    const found: string[] = [];
    await assertTools(runbook, async (program) => `/bin/${found[found.push(program) - 1]}`);
    expect(found).toEqual(["kubectl", "aws"]);
  });

  it("Permissions that are missing are named with the command that shows it", async () => {
    const { asked, check } = asking(({ args }) =>
      args.includes("delete") ? { exit: 1, stdout: "no\n" } : { stdout: "yes\n" },
    );
    await expect(check()).rejects.toMatchObject({
      code: "RUNBOOK_RIGHT_MISSING",
      exit: 4,
      message: "In eu, you may not delete pods.",
      next: ["kubectl --context eu-1 auth can-i delete pods --namespace orders-1-space"],
    });
    expect(asked).toEqual([
      "kubectl --context eu-1 auth can-i delete pods --namespace orders-1-space",
      "kubectl --context eu-1 auth can-i list nodes --all-namespaces",
    ]);
  });

  it("An API server that does not answer does not stop a runbook, and is mentioned", async () => {
    const { said, check } = asking(() => ({ exit: 1, stderr: "Unable to connect to the server" }));
    await check();
    expect(said).toEqual([
      "? cannot tell whether you may delete pods: the API server did not answer",
      "? cannot tell whether you may list nodes: the API server did not answer",
    ]);
  });
});
