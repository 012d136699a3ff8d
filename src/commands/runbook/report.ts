import { argument, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { run: argument.optional("RUN", "the ID of a run, or an incident (default: the last run)") };
const flags = {};

export type RunbookReportInput = Input<typeof args, typeof flags>;

export const runbookReport = declare({
  path: ["runbook", "report"],
  summary: "write the report of a run as Markdown",
  description:
    "Shows the timeline of a run, its decisions, commands and evidence, to paste into a post-mortem. Verifies the journal first: the report has its length and the hash of its last line.",
  examples: [
    { run: "gennet runbook report", says: "Report the last run" },
    { run: "gennet runbook report INC-42 > INC-42.md", says: "Write the report of an incident" },
  ],
  args,
  flags,
  answers: "RunbookReport",
});
