import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { ids: argument.many("ID", "runbooks to test (default: all that have a test)") };
const flags = {
  name: flag.textOr("NAME", "default", "the name of the sandbox"),
};

export type RunbookTestInput = Input<typeof args, typeof flags>;

export const runbookTest = declare({
  path: ["runbook", "test"],
  summary: "test runbooks in a sandbox, with their fault injected",
  description:
    "For each runbook: injects the fault that its front matter names, waits until `gennet status` reports the expected finding with this runbook, runs the runbook with the answers of its test, and checks that everything holds afterwards. Works only in a running sandbox of profile full. A runbook without a test fails: nothing was tested.",
  examples: [
    { run: "gennet runbook test secrets-not-syncing", says: "Test one runbook" },
    { run: "gennet runbook test -o json > runbooks.json", says: "Test all of them, as in a nightly job" },
  ],
  args,
  flags,
  answers: "RunbookTests",
});
