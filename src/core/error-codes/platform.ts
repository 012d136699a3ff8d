import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const platformCodes = {
  CONFIG_NOT_FOUND: {
    exit: exit.usage,
    title: "No gennet.yaml found",
    explain:
      "gennet searches for gennet.yaml in the current folder and its parents. Create one with `gennet init`, pass one with --config, or use --context to work on a cluster without a gennet.yaml.",
  },
  CONFIG_INVALID: {
    exit: exit.usage,
    title: "gennet.yaml is invalid",
    explain:
      "The message contains the file, line and column, and what was expected there. Editors report such mistakes while you type if the first line of the file refers to the schema, as in files written by `gennet init`.",
  },
  REGION_UNKNOWN: {
    exit: exit.usage,
    title: "No region of that name in gennet.yaml",
    explain: "--region takes the `name` of a region in gennet.yaml, not the name of the AWS region.",
  },
  CONFIG_UNREADABLE: {
    exit: exit.usage,
    title: "Cannot read gennet.yaml",
    explain:
      "The file exists, but it is a folder or this user has no permission to read it. The message names the path and the reason.",
  },
  CONFIG_REQUIRES_OTHER_VERSION: {
    exit: exit.usage,
    title: "gennet.yaml requires a different version of gennet",
    explain:
      "`requires` in the file lists the versions of gennet that it supports, and this version is not one of them. Install one that is, or check that the file is still correct and change `requires`.",
  },
  CONFIG_EXISTS: {
    exit: exit.conflict,
    title: "gennet.yaml already exists",
    explain:
      "`gennet init` never overwrites a file. Edit the existing one, move it aside, or write to a different path with --config.",
  },
  CONFIG_UNWRITABLE: {
    exit: exit.usage,
    title: "Cannot write gennet.yaml",
    explain:
      "The folder does not exist, this user has no permission to write it, or the disk is full. No incomplete file is left behind.",
  },
  PLATFORM_SOURCE_MISSING: {
    exit: exit.usage,
    title: "Argo CD's manifests cannot be had",
    explain:
      "Without `platform.mirror` in gennet.yaml, gennet reads them from Argo CD's own repository, and accepts only the file that this release of gennet was tested with. With a mirror, its branch main must have argo-cd/VERSION/install.yaml and charts/CHART/VERSION for the versions of this release; the message names the path.",
  },
} as const satisfies ErrorCodes;
