import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const sagaCodes = {
  JOURNAL_LOST: {
    exit: exit.conflict,
    title: "Another gennet took over the run",
    explain:
      "This process did not run for several seconds, because it was suspended or the machine slept, and another gennet resumed the run meanwhile. Nothing more was changed here. The journal shows what the other one does; run the command again when it has finished.",
  },
  JOURNAL_BUSY: {
    exit: exit.conflict,
    title: "Another gennet works on the same thing",
    explain:
      "A run that changes something in several stages holds its journal until it is over, so that no second one gets in its way. Wait for the other one. A run that was killed lets go within seconds.",
  },
  JOURNAL_BROKEN: {
    exit: exit.conflict,
    title: "A journal failed its integrity check",
    explain:
      "Every line of a journal carries a hash of the line before, and one does not fit: a line was edited, removed or put in. What it says can no longer be relied on. Move the file aside, look at what is there now (`gennet secrets verify NAME`), and start over.",
  },
  JOURNAL_UNWRITABLE: {
    exit: exit.usage,
    title: "A journal cannot be written",
    explain:
      "Before anything is changed, the change is written to a journal below XDG_STATE_HOME (or ~/.local/state). The folder cannot be made or written, or the disk is full. Nothing is changed without a journal.",
  },
  SAGA_STAGE_UNPROVEN: {
    exit: exit.unhealthy,
    title: "A stage was done, but what it should bring about is not there",
    explain:
      "After each stage gennet reads back whether it came about, and continues only if it did. The message says what was found instead. What had been done was rolled back.",
  },
  SAGA_NOTHING_TO_RESUME: {
    exit: exit.usage,
    title: "There is no unfinished run",
    explain:
      "--resume continues a run that was killed, was interrupted, or could not be rolled back completely. The journal has none: the last one is finished. Journals are kept on the machine that ran the command.",
  },
  SAGA_TURNED_BACK: {
    exit: exit.ok,
    title: "An unfinished run was rolled back on request",
    explain: "This was requested: nothing is wrong. What the run had changed is as it was before.",
  },
} as const satisfies ErrorCodes;
