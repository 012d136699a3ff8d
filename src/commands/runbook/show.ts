import { argument, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { id: argument.one("ID", "the ID of a runbook, or a Markdown file") };
const flags = {};

export type RunbookShowInput = Input<typeof args, typeof flags>;

export const runbookShow = declare({
  path: ["runbook", "show"],
  summary: "show a runbook in the terminal",
  description:
    "Renders the runbook, with the name of each step and how it is confirmed. Validates it as `runbook run` does.",
  examples: [
    { run: "gennet runbook show breaker-open", says: "Read a runbook" },
    { run: "gennet runbook show runbooks/checkout.md -o json", says: "Show its steps as data" },
  ],
  args,
  flags,
  answers: "RunbookDetails",
});
