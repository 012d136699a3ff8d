import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const sagaCodes = {
  JOURNAL_LOST: {
    exit: exit.conflict,
    title: "Another gennet process took over the run",
    explain:
      "This process was suspended or the machine was asleep, or with `state: bucket` in gennet.yaml, S3 did not answer for most of a minute. Another gennet process may have resumed the run, so this one stopped making changes. The message names the other process if it is known; run the command again when it has finished.",
  },
  JOURNAL_BUSY: {
    exit: exit.conflict,
    title: "Another gennet process is running the same operation",
    explain:
      "A run with several stages locks its journal until it finishes, so that no other run interferes. Wait for the other run. The lock of a killed run is released within seconds; with `state: bucket` in gennet.yaml, another run takes it over after a minute.",
  },
  JOURNAL_BROKEN: {
    exit: exit.conflict,
    title: "A journal failed its integrity check",
    explain:
      "Each line of a journal contains a hash of the previous line, and one does not match: a line was edited, removed or inserted, or lines are missing at the end. The journal is no longer reliable. Move the file aside, check the current state (`gennet secrets verify NAME`), and start over.",
  },
  JOURNAL_UNWRITABLE: {
    exit: exit.usage,
    title: "Cannot write the journal",
    explain:
      "gennet records every change in a journal in XDG_STATE_HOME (default ~/.local/state) before making it. The folder cannot be created or written, or the disk is full. Without a journal, gennet makes no changes.",
  },
  SAGA_STAGE_UNPROVEN: {
    exit: exit.unhealthy,
    title: "A stage finished without the expected result",
    explain:
      "After each stage, gennet reads back the result and continues only if it is as expected. The message describes what it found instead. Completed stages were rolled back.",
  },
  SAGA_NOTHING_TO_RESUME: {
    exit: exit.usage,
    title: "No unfinished run found",
    explain:
      "--resume continues a run that was killed, interrupted, or could not be rolled back completely. The last run in the journal is finished. Journals are stored on the machine that ran the command.",
  },
  SAGA_TURNED_BACK: {
    exit: exit.ok,
    title: "An unfinished run was rolled back on request",
    explain: "You requested the roll-back, so this is not a problem. Everything that the run had changed is restored.",
  },
} as const satisfies ErrorCodes;
