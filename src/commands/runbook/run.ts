import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { id: argument.optional("ID", "the ID of a runbook, or a Markdown file; none with --resume") };
const flags = {
  input: flag.repeated("NAME=VALUE", "the value of an input, or the answer to an ask step"),
  fromFinding: flag.text(
    "FINDING",
    "take the inputs from this finding of `gennet status`, such as breakers/ejected:3fa9c1",
  ),
  incident: flag.text("NAME", "the incident; only one run at a time can work on it"),
  fromStep: flag.text("STEP", "start at this step"),
  resume: flag.text("RUN", "resume an unfinished run, by its ID or its incident"),
  undo: flag.switch("with --resume: undo what was done, in reverse order"),
  accept: flag.switch("with --resume: end the run as it is"),
  dryRun: flag.switch("show the steps without running them; exit code 8 if they would change something"),
  yes: flag.consent("confirm the steps that are marked safe"),
};

export type RunbookRunInput = Input<typeof args, typeof flags>;

export const runbookRun = declare({
  path: ["runbook", "run"],
  summary: "run a runbook step by step, with a record",
  description:
    "Shows each step before it runs, and asks before anything changes. --yes confirms only steps that the author marked safe. Before the first step, looks for missing programs, permissions and inputs. Ctrl-C and failed steps leave a run that can be resumed or undone. Output is shown without secrets and kept in the folder of the run. The exit code is that of the failed step: a failed kubectl, aws or shell command is 3.",
  examples: [
    {
      run: "gennet runbook run breaker-open --from-finding breakers/ejected:3fa9c1",
      says: "Start from a finding of `gennet status`",
    },
    { run: "gennet runbook run secrets-not-syncing --region eu-west-1 --yes", says: "Run it in CI" },
    { run: "gennet runbook run --resume INC-42", says: "Resume after a kill" },
    { run: "gennet runbook run --resume INC-42 --undo", says: "Undo what was done" },
  ],
  args,
  flags,
  answers: "RunbookRun",
});
