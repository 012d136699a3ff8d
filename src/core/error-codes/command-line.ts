import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const commandLineCodes = {
  INTERRUPTED: {
    exit: exit.interrupted,
    title: "The command was stopped",
    explain:
      "Ctrl-C or a termination signal ended the command. What had been applied stays; run the same command again to continue.",
  },
  TIMED_OUT: {
    exit: exit.timedOut,
    title: "The command took longer than --timeout",
    explain:
      "The time given by --timeout was used up before the command was done. What had been applied stays; run it again, with a longer --timeout if the work is known to be slow.",
  },
  USAGE_INVALID: {
    exit: exit.usage,
    title: "The command line is not understood",
    explain:
      "A command, flag or argument does not exist or has a value that is not allowed. `gennet COMMAND --help` shows what is.",
  },
  USAGE_ANSWER_MISSING: {
    exit: exit.usage,
    title: "A question could not be asked",
    explain:
      "The command needs an answer, but there is no terminal to ask on (or --no-input was given). Give the answer by the flag that the message names.",
  },
  FILE_UNUSABLE: {
    exit: exit.usage,
    title: "A file or folder cannot be read or written",
    explain:
      "The message has the path and the reason: no permission, a read-only or full disk, a folder where a file is expected, too many open files. gennet keeps its state below XDG_STATE_HOME (~/.local/state) and its cache below XDG_CACHE_HOME (~/.cache); either variable names another folder.",
  },
  BUNDLE_INVALID: {
    exit: exit.usage,
    title: "The file is not a bundle",
    explain:
      "--from takes a file that --bundle wrote: a line of JSON about it, then a line for each call that was recorded. Record a new one with `gennet status --bundle FILE`.",
  },
  RECORDING_INCOMPLETE: {
    exit: exit.unreachable,
    title: "The bundle lacks an answer",
    explain:
      "A check needs something that was not read when the bundle was recorded: other checks were run then, or another version of gennet. What depends on it is unknown. Record a new bundle with the same checks.",
  },
  OUTPUT_UNWRITABLE: {
    exit: exit.unhealthy,
    title: "The answer could not be written",
    explain:
      "Standard output is a file or a device that did not take everything, most often because its disk is full. What was written is incomplete. Whatever the command itself did is done.",
  },
  REPORT_UNWRITABLE: {
    exit: exit.usage,
    title: "A report cannot be written",
    explain:
      "The folder of a --report does not exist, this user may not write it, or the disk is full. The reports named before it were written.",
  },
} as const satisfies ErrorCodes;
