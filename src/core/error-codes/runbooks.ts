import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const runbookCodes = {
  RUNBOOK_INVALID: {
    exit: exit.usage,
    title: "The file is not a valid runbook",
    explain:
      "A runbook is Markdown with YAML front matter (id, title, when) and typed code fences as steps. The message lists every problem with its line. A runbook in a folder `runbooks` has the name of its file as its ID. The format is described in docs/guide/runbooks.md; `gennet runbook new ID` writes an example.",
  },
  RUNBOOK_UNKNOWN: {
    exit: exit.usage,
    title: "No runbook has this ID",
    explain:
      "gennet looks for runbooks in the folder `runbooks` beside gennet.yaml, and among those that it ships with. `gennet runbook list` shows all of them. A path to a Markdown file works as well.",
  },
  RUNBOOK_EXISTS: {
    exit: exit.usage,
    title: "The file of the new runbook already exists",
    explain: "`gennet runbook new` never overwrites a file. Choose another ID, or edit the existing file.",
  },
  RUNBOOK_VALUE_INVALID: {
    exit: exit.usage,
    title: "A value for a runbook is missing or invalid",
    explain:
      "Inputs have types and patterns, ask steps may have choices, and other values of steps come from their output. A secret input is read from a variable and needs at least 4 characters. A value that begins with a dash is never used as an argument, because a program would read it as an option. The message names the value and what was expected.",
  },
  RUNBOOK_TOOL_MISSING: {
    exit: exit.usage,
    title: "A program that the runbook needs is not installed",
    explain:
      "Before the first step, gennet looks for every program that a step runs. Install the missing ones, then run the same command again.",
  },
  RUNBOOK_RIGHT_MISSING: {
    exit: exit.denied,
    title: "You are not allowed to do what the runbook does",
    explain:
      "A runbook lists the permissions that it needs in the cluster. gennet asks the API server for each of them before the first step. Ask for the missing ones, or have someone run it who has them.",
  },
  RUNBOOK_NOT_SAFE: {
    exit: exit.usage,
    title: "The runbook needs a person",
    explain:
      "--yes confirms only steps that the author marked `safe`. The message lists the other ones. Run the runbook on a terminal, or provide the answers of ask steps with --input.",
  },
  RUNBOOK_UNFINISHED: {
    exit: exit.conflict,
    title: "An earlier run for this incident is unfinished",
    explain:
      "An incident has one run at a time. Resume the earlier one, undo it, or end it as it is; the message has the commands.",
  },
  RUNBOOK_RUN_UNKNOWN: {
    exit: exit.usage,
    title: "No run has this ID",
    explain:
      "Runs are kept in XDG_STATE_HOME (default ~/.local/state) on the machine that ran the runbook. `gennet runbook report` without an ID shows the last one.",
  },
  RUNBOOK_RUN_OVER: {
    exit: exit.conflict,
    title: "The run has ended",
    explain: "Only an unfinished run can be resumed. Start a new one with `gennet runbook run ID`.",
  },
  RUNBOOK_FINDING_GONE: {
    exit: exit.conflict,
    title: "The finding is no longer there",
    explain:
      "--from-finding runs the check again and takes the inputs from its finding. The check no longer reports this finding: it was fixed meanwhile, or it now has another subject. `gennet status` shows the current ones.",
  },
  RUNBOOK_TRIAL_FAILED: {
    exit: exit.unhealthy,
    title: "The test of a runbook failed",
    explain:
      "A command of the test failed, the expected finding did not come, or the runbook asked a question that the test does not answer. The message has the details.",
  },
  RUNBOOK_SANDBOX_MISSING: {
    exit: exit.usage,
    title: "The sandbox for the test is not running",
    explain:
      "`gennet runbook test` injects a fault into a sandbox of profile full, or one in which the platform runs (`gennet sandbox image --upstream`, then `gennet region bootstrap`), and never touches anything else. Start one first.",
  },
} as const satisfies ErrorCodes;
