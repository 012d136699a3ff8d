import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const lintCodes = {
  LINT_PATH_UNREADABLE: {
    exit: exit.usage,
    title: "What shall be linted cannot be read",
    explain:
      "The path does not exist, or this user may not read it or something below it. Nothing was judged: half a tree would seem to lack what is in the other half.",
  },
} as const satisfies ErrorCodes;
