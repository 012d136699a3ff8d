import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { id: argument.one("ID", "lower-case letters, digits and dashes") };
const flags = {
  title: flag.text("TITLE", "what the runbook is for"),
  finding: flag.list("CHECK", "the checks whose findings it answers"),
};

export type RunbookNewInput = Input<typeof args, typeof flags>;

export const runbookNew = declare({
  path: ["runbook", "new"],
  summary: "write an example runbook to start from",
  description:
    "Writes runbooks/ID.md beside gennet.yaml, or in the current folder if there is none. Never overwrites a file.",
  examples: [
    { run: "gennet runbook new checkout-slow --finding breakers/open", says: "Start a runbook for a finding" },
  ],
  args,
  flags,
  answers: "RunbookFile",
});
