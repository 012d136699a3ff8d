import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const scaffoldCodes = {
  SCAFFOLD_NAME_INVALID: {
    exit: exit.usage,
    title: "A service cannot have this name",
    explain:
      "A service's name becomes a Kubernetes Service and namespace (a DNS label that begins with a letter, at most 63 characters, none that the cluster uses itself) and a Python package (no keyword, no module of the standard library, none that the service depends on).",
  },
  SCAFFOLD_ENTITY_INVALID: {
    exit: exit.usage,
    title: "A service cannot begin with this entity",
    explain:
      "The entity is the noun of the sample that a service begins with. It becomes a Python package, a class, a table and a path of the API: a lower-case word in the singular, or several with dashes, of at most 16 letters, that the service's code does not use for something else. Its plural is made by the usual rules, or is given behind a colon: `--entity person:people`.",
  },
  SCAFFOLD_PEER_INVALID: {
    exit: exit.usage,
    title: "A service cannot be declared as a dependency or a caller",
    explain:
      "Dependencies and callers are other services, each named once: a DNS label that begins with a letter, at most 63 characters. A dependency also becomes a Python module and a class, so it cannot be called as a keyword of Python, and no two may give the same class, as `a1-b` and `a-1-b` do.",
  },
  SCAFFOLD_FEATURE_UNKNOWN: {
    exit: exit.usage,
    title: "A service cannot be given a feature",
    explain:
      "A template declares its features, such as a database. Each is named once; what the template does not declare it cannot give.",
  },
  SCAFFOLD_TARGET_OUTSIDE: {
    exit: exit.usage,
    title: "The folder to write is outside the current one",
    explain:
      "A new service is written into the current folder or below it only, so that a mistyped path cannot reach other places; links on the way are followed first. Change to the folder that is to hold it.",
  },
  SCAFFOLD_TARGET_EXISTS: {
    exit: exit.conflict,
    title: "The folder to write is not empty",
    explain:
      "Nothing is ever overwritten or mixed with other files. An empty folder and a repository that was just made are fine: one with .git, a README, a licence, .gitignore and .gitattributes alone, all of which are kept. Name another folder with --dir, or move that one away.",
  },
  SCAFFOLD_TARGET_UNWRITABLE: {
    exit: exit.usage,
    title: "The folder cannot be written",
    explain:
      "A folder on the way is none, or this user may not write to it. The message names it. Nothing was written.",
  },
  SCAFFOLD_DISK_FULL: {
    exit: exit.unhealthy,
    title: "The disk is full",
    explain:
      "The message names the place that has no space left: the service's folder, the repository, or the folder for temporary files (TMPDIR). Files are written beside their place first, so nothing is half-made. Make space and run the same command again.",
  },
  SCAFFOLD_NOT_A_SERVICE: {
    exit: exit.usage,
    title: "The folder holds no service made by gennet",
    explain:
      "What a service was made from is in .gennet/answers.yaml in its folder. Without that file gennet cannot tell which template it follows.",
  },
  SCAFFOLD_RECORD_INVALID: {
    exit: exit.usage,
    title: "What gennet keeps in the service cannot be read",
    explain:
      "The files .gennet/answers.yaml and .gennet/base.json say what the service was made from. One of them is damaged; restore the version that was committed last.",
  },
  SCAFFOLD_RECORD_CONFLICT: {
    exit: exit.conflict,
    title: "Two branches changed what gennet keeps in the service",
    explain:
      "Each `gennet service add` and `update` rewrites .gennet/base.json, so two branches that each ran one are in conflict there, however well the rest merges. The answers decide: `gennet service update --base` brings the names of both sides together where .gennet/answers.yaml is in conflict too, and renders the base again. Where the sides answered one question differently, keep one of them first. That needs the version of the template that the service follows.",
  },
  SCAFFOLD_BASE_MISSING: {
    exit: exit.usage,
    title: "The service does not know what its template gave it",
    explain:
      "An update is merged from the render that the service came from, which is in .gennet/base.json. A service made before gennet kept it has none. `gennet service update --base` writes it by rendering again, which is only right with the very version of the template that the service follows.",
  },
  SCAFFOLD_TEMPLATE_UNKNOWN: {
    exit: exit.usage,
    title: "This gennet does not have the service's template",
    explain:
      "The service names a template that is not part of this installation. Another version of gennet may have it.",
  },
  SCAFFOLD_TEMPLATE_NEWER: {
    exit: exit.usage,
    title: "The service is ahead of the installed template",
    explain:
      "The service was made or updated by a newer gennet. Going back is not an update; install a gennet that is at least as new.",
  },
  SCAFFOLD_SERVICE_OUTDATED: {
    exit: exit.usage,
    title: "The service must follow its template before something is added to it",
    explain:
      "What `gennet service add` changes is what the addition alone makes of the template. Where the template has moved on, that would come along unseen: run `gennet service update` and commit first.",
  },
  SCAFFOLD_TREE_DIRTY: {
    exit: exit.conflict,
    title: "The service has changes that are not committed",
    explain:
      "An update is merged into what is committed, so that it can be looked at and undone by itself. New files that are not ignored count too. Nothing was written.",
  },
  SCAFFOLD_NO_REPOSITORY: {
    exit: exit.usage,
    title: "The service is in no Git repository",
    explain:
      "Git does the merge, keeps conflicts and can undo it, so a service must be committed before it is updated. It may be a folder of a larger repository.",
  },
  SCAFFOLD_UPDATE_UNFINISHED: {
    exit: exit.conflict,
    title: "An update was stopped half-way",
    explain:
      "An update is laid out in .gennet/update before it is put into place. It is found there where the process was killed in between; `gennet service update` finishes it.",
  },
  SCAFFOLD_UPDATE_STUCK: {
    exit: exit.conflict,
    title: "A file was changed while it was being updated",
    explain:
      "The file is not what it was when the update was worked out, and is not overwritten. Bring it back to what it was and run the update again, or give the update up.",
  },
  SCAFFOLD_PATH_BLOCKED: {
    exit: exit.conflict,
    title: "Something that Git ignores is where a file of the template belongs",
    explain:
      "The template has a new file, and in its place is an ignored folder, or an ignored file or link where one of its folders would be. Nothing was written. Move it aside, or commit it: then it is merged like everything else.",
  },
  GIT_MISSING: {
    exit: exit.usage,
    title: "There is no git",
    explain: "Git merges updates and shows differences. It must be on the PATH.",
  },
  GIT_TOO_OLD: {
    exit: exit.usage,
    title: "This git cannot merge whole trees",
    explain: "Updates are merged by `git merge-tree --write-tree`, which Git has since version 2.38.",
  },
  GIT_FAILED: {
    exit: exit.unhealthy,
    title: "Git failed",
    explain: "Git ended with an error, and the message says which. The repository itself is the place to look.",
  },
} as const satisfies ErrorCodes;
