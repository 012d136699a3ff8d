import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const lintCodes = {
  LINT_PATH_UNREADABLE: {
    exit: exit.usage,
    title: "What shall be linted cannot be read",
    explain:
      "The path does not exist, or this user may not read it or something below it. Nothing was judged: half a tree would seem to lack what stands in the other half.",
  },
  LINT_REPORT_UNWRITABLE: {
    exit: exit.usage,
    title: "A report cannot be written",
    explain:
      "The folder of a --report does not exist, this user may not write it, or the disk is full. The reports named before it were written.",
  },
} as const satisfies ErrorCodes;
