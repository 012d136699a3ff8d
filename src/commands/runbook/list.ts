import { flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {};
const flags = { finding: flag.text("CHECK", "show only runbooks that answer findings of this check") };

export type RunbookListInput = Input<typeof args, typeof flags>;

export const runbookList = declare({
  path: ["runbook", "list"],
  summary: "list runbooks, and the findings that they answer",
  description:
    "Lists the runbooks in the folder `runbooks` beside gennet.yaml, and those that gennet ships with. A runbook of the platform replaces a shipped one with the same ID.",
  examples: [
    { run: "gennet runbook list", says: "List all runbooks" },
    { run: "gennet runbook list --finding breakers/ejected", says: "Find the runbook for a finding" },
  ],
  args,
  flags,
  answers: "RunbookList",
});
