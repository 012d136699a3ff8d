import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const platformCodes = {
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
  CONFIG_UNREADABLE: {
    exit: exit.usage,
    title: "gennet.yaml cannot be read",
    explain:
      "The file is there, but it is a folder or this user may not read it. The message has the path and the reason.",
  },
  CONFIG_REQUIRES_OTHER_VERSION: {
    exit: exit.usage,
    title: "gennet.yaml is for another version of gennet",
    explain:
      "The file's `requires` names the versions of gennet it was written for, and this is none of them. Install one that is, or change `requires` once you have checked that the file still means the same.",
  },
  CONFIG_EXISTS: {
    exit: exit.conflict,
    title: "There is a gennet.yaml already",
    explain:
      "`gennet init` never overwrites a file. Edit the one that is there, move it away, or have another one written with --config.",
  },
  CONFIG_UNWRITABLE: {
    exit: exit.usage,
    title: "gennet.yaml cannot be written",
    explain:
      "The folder does not exist, this user may not write it, or the disk is full. Nothing half-written is left.",
  },
} as const satisfies ErrorCodes;
