import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const lintCodes = {
  LINT_PATH_UNREADABLE: {
    exit: exit.usage,
    title: "Cannot read the path to lint",
    explain:
      "The path does not exist, or this user has no permission to read it or a part of it. gennet linted nothing, because a part of a tree would produce false findings about the rest.",
  },
} as const satisfies ErrorCodes;
