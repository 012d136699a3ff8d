import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const scaffoldCodes = {
  SCAFFOLD_NAME_INVALID: {
    exit: exit.usage,
    title: "The name of the service is invalid",
    explain:
      "The name of a service becomes a Kubernetes Service and namespace (a DNS label that begins with a letter, at most 63 characters, not one that the cluster uses itself) and a Python package (not a keyword, not a module of the standard library, not one that the service depends on).",
  },
  SCAFFOLD_ENTITY_INVALID: {
    exit: exit.usage,
    title: "The entity is invalid",
    explain:
      "The entity is the noun of the sample code in a new service. It becomes a Python package, a class, a table and an API path. It must be a lower-case word in the singular, or several with dashes, at most 16 letters long, and not already used in the service's code. Its plural follows the usual rules, or you can add it after a colon: `--entity person:people`.",
  },
  SCAFFOLD_PEER_INVALID: {
    exit: exit.usage,
    title: "A dependency or caller is invalid",
    explain:
      "Dependencies and callers are other services, each listed once: a DNS label that begins with a letter, at most 63 characters. A dependency also becomes a Python module and a class, so it cannot be a Python keyword, and no two may result in the same class, as `a1-b` and `a-1-b` do.",
  },
  SCAFFOLD_FEATURE_UNKNOWN: {
    exit: exit.usage,
    title: "The feature is invalid",
    explain:
      "A template declares its features, such as a database. Each can be named once, and only features that the template declares.",
  },
  SCAFFOLD_TARGET_OUTSIDE: {
    exit: exit.usage,
    title: "The target folder is outside the current folder",
    explain:
      "A new service is only written to the current folder or its subfolders, so that a mistyped path cannot affect other places. Symbolic links are resolved first. Change to the folder that should contain the service.",
  },
  SCAFFOLD_TARGET_EXISTS: {
    exit: exit.conflict,
    title: "The target folder is not empty",
    explain:
      "gennet never overwrites files or mixes them with others. An empty folder is fine, and so is a new repository that contains only .git, a README, a licence, .gitignore and .gitattributes; all of these are kept. Choose another folder with --dir, or move the existing one aside.",
  },
  SCAFFOLD_TARGET_UNWRITABLE: {
    exit: exit.usage,
    title: "Cannot write the folder",
    explain:
      "A part of the path is not a folder, or this user has no permission to write to it. The message names it. Nothing was written.",
  },
  SCAFFOLD_DISK_FULL: {
    exit: exit.unhealthy,
    title: "The disk is full",
    explain:
      "The message names the place that has no space left: the service's folder, the repository, or the folder for temporary files (TMPDIR). gennet writes to temporary files first, so no file is incomplete. Free some space and run the same command again.",
  },
  SCAFFOLD_NOT_A_SERVICE: {
    exit: exit.usage,
    title: "The folder does not contain a service made by gennet",
    explain:
      "gennet records what a service was made from in .gennet/answers.yaml in its folder. Without that file, gennet cannot determine which template the service follows.",
  },
  SCAFFOLD_RECORD_INVALID: {
    exit: exit.usage,
    title: "Cannot read gennet's files in the service",
    explain:
      "The files .gennet/answers.yaml and .gennet/base.json record what the service was made from. One of them is damaged; restore the last committed version.",
  },
  SCAFFOLD_RECORD_CONFLICT: {
    exit: exit.conflict,
    title: "Two branches changed gennet's files in the service",
    explain:
      "Each `gennet service add` and `update` rewrites .gennet/base.json. Two branches that each ran one conflict there, even if everything else merges. Run `gennet service update --base`: it merges the names in .gennet/answers.yaml if that file has conflicts too, and renders the base again. If the two sides answer a question differently, choose one answer first. This requires the version of the template that the service follows.",
  },
  SCAFFOLD_BASE_MISSING: {
    exit: exit.usage,
    title: "The service has no record of what its template generated",
    explain:
      "An update merges against the files that the template originally generated, which are in .gennet/base.json. Services made by older versions of gennet do not have it. `gennet service update --base` creates it by rendering the template again, which is only correct with exactly the version of the template that the service follows.",
  },
  SCAFFOLD_TEMPLATE_UNKNOWN: {
    exit: exit.usage,
    title: "This gennet does not include the service's template",
    explain:
      "The service uses a template that is not part of this installation. Another version of gennet may include it.",
  },
  SCAFFOLD_TEMPLATE_NEWER: {
    exit: exit.usage,
    title: "The service is newer than the installed template",
    explain:
      "The service was made or updated by a newer gennet. An update cannot go back to an older template; install a gennet that is at least as new.",
  },
  SCAFFOLD_SERVICE_OUTDATED: {
    exit: exit.usage,
    title: "Update the service before adding to it",
    explain:
      "`gennet service add` changes only what the addition changes in the template. If the template is newer than the service, its other changes would be included unnoticed. Run `gennet service update` and commit first.",
  },
  SCAFFOLD_TREE_DIRTY: {
    exit: exit.conflict,
    title: "The service has uncommitted changes",
    explain:
      "gennet merges an update into the last commit, so that you can review and undo it separately. New files that are not ignored count as changes, too. Nothing was written.",
  },
  SCAFFOLD_NO_REPOSITORY: {
    exit: exit.usage,
    title: "The service is not in a Git repository",
    explain:
      "Git performs the merge, keeps conflicts and can undo it, so you must commit a service before updating it. It may be a folder of a larger repository.",
  },
  SCAFFOLD_UPDATE_UNFINISHED: {
    exit: exit.conflict,
    title: "An update was interrupted",
    explain:
      "gennet prepares an update in .gennet/update before moving it into place, and the process was killed in between. `gennet service update` completes it.",
  },
  SCAFFOLD_UPDATE_STUCK: {
    exit: exit.conflict,
    title: "A file changed during the update",
    explain:
      "The file is no longer the one that the update was prepared for, so gennet does not overwrite it. Restore the file and run the update again, or discard the update.",
  },
  SCAFFOLD_PATH_BLOCKED: {
    exit: exit.conflict,
    title: "A file that Git ignores is in the way of a template file",
    explain:
      "The template has a new file, and its path is taken by an ignored folder, or by an ignored file or link in place of one of its parent folders. Nothing was written. Move it aside, or commit it: then it is merged like everything else.",
  },
  GIT_MISSING: {
    exit: exit.usage,
    title: "Git is not installed",
    explain: "gennet uses Git to merge updates and show differences. It must be on the PATH.",
  },
  GIT_TOO_OLD: {
    exit: exit.usage,
    title: "This version of Git cannot merge trees",
    explain: "gennet merges updates with `git merge-tree --write-tree`, which requires Git 2.38 or newer.",
  },
  GIT_FAILED: {
    exit: exit.unhealthy,
    title: "Git failed",
    explain: "Git returned an error, which the message contains. Check the repository itself.",
  },
} as const satisfies ErrorCodes;
