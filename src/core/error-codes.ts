import { exit, type Exit } from "./exit.ts";

interface ErrorCodeFacts {
  readonly exit: Exit;
  /** One line: what this code says. */
  readonly title: string;
  /** What `gennet explain CODE` prints: why it happens and how to get out of it. */
  readonly explain: string;
}

/** Every code an AppError may carry, declared once; the reference and `explain` are made from this table. */
export const errorCodes = {
  INTERRUPTED: {
    exit: exit.interrupted,
    title: "The command was stopped",
    explain:
      "Ctrl-C or a termination signal ended the command. What had been applied stays; run the same command again to go on.",
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
  CONFIG_NOT_FOUND: {
    exit: exit.usage,
    title: "There is no gennet.yaml",
    explain:
      "gennet.yaml is looked for from the current folder upwards. Write one with `gennet init`, name one with --config, or use --context to work on a cluster without one.",
  },
  CONFIG_INVALID: {
    exit: exit.usage,
    title: "gennet.yaml is not valid",
    explain:
      "The message names file, line and column, and what was expected there. Editors find such mistakes while typing if the file's first line names the schema, as the files written by `gennet init` do.",
  },
  REGION_UNKNOWN: {
    exit: exit.usage,
    title: "No region of that name in gennet.yaml",
    explain: "--region takes the `name` of a region of gennet.yaml, not the AWS region's name.",
  },
} as const satisfies Record<string, ErrorCodeFacts>;

export type ErrorCode = keyof typeof errorCodes;
