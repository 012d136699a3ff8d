import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const commandLineCodes = {
  INTERRUPTED: {
    exit: exit.interrupted,
    title: "The command was interrupted",
    explain:
      "Ctrl-C or a termination signal ended the command. Completed changes stay in place; run the same command again to continue.",
  },
  TIMED_OUT: {
    exit: exit.timedOut,
    title: "The command took longer than --timeout",
    explain:
      "The command did not finish within --timeout. Completed changes stay in place; run it again, with a longer --timeout if necessary.",
  },
  USAGE_INVALID: {
    exit: exit.usage,
    title: "The command line is invalid",
    explain:
      "A command, flag or argument does not exist or has an invalid value. `gennet COMMAND --help` shows the valid ones.",
  },
  USAGE_ANSWER_MISSING: {
    exit: exit.usage,
    title: "A required answer is missing",
    explain:
      "The command needs an answer but cannot prompt for it: there is no terminal, or you passed --no-input. Pass the answer with the flag named in the message.",
  },
  FILE_UNUSABLE: {
    exit: exit.usage,
    title: "Cannot read or write a file or folder",
    explain:
      "The message names the path and the reason: permission denied, a read-only or full disk, a folder instead of a file, too many open files. gennet keeps its state in XDG_STATE_HOME (default ~/.local/state) and its cache in XDG_CACHE_HOME (default ~/.cache).",
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
    title: "Cannot write the output",
    explain:
      "Standard output is a file or device that did not accept all the output, usually because its disk is full. The output is incomplete, but the command itself has finished its work.",
  },
  REPORT_UNWRITABLE: {
    exit: exit.usage,
    title: "Cannot write a report",
    explain:
      "The folder of a --report does not exist, this user has no permission to write it, or the disk is full. Reports that precede it on the command line were written.",
  },
} as const satisfies ErrorCodes;
