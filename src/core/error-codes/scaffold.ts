import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const scaffoldCodes = {
  SCAFFOLD_NAME_INVALID: {
    exit: exit.usage,
    title: "A service cannot have this name",
    explain:
      "A service's name becomes a Kubernetes Service and namespace (a DNS label that begins with a letter, at most 63 characters, none that the cluster uses itself) and a Python package (no keyword, no module of the standard library, none that the service depends on).",
  },
  SCAFFOLD_PEER_INVALID: {
    exit: exit.usage,
    title: "A service cannot be declared as a dependency or a caller",
    explain:
      "--depends-on and --called-by take the names of other services, each once: a DNS label that begins with a letter, at most 63 characters. A dependency also becomes a Python module, so it cannot be called as a keyword of Python.",
  },
  SCAFFOLD_TARGET_OUTSIDE: {
    exit: exit.usage,
    title: "The folder to write is outside the current one",
    explain:
      "A new service is written below the current folder only, so that a mistyped path cannot reach other places; links on the way are followed first. Change to the folder that shall hold it.",
  },
  SCAFFOLD_TARGET_EXISTS: {
    exit: exit.conflict,
    title: "The folder to write is not empty",
    explain:
      "Nothing is ever overwritten or mixed with other files. Name another folder with --dir, or move that one away.",
  },
  SCAFFOLD_TARGET_UNWRITABLE: {
    exit: exit.usage,
    title: "The folder cannot be written",
    explain:
      "The folder that shall hold the new one does not exist, or may not be written by this user. Nothing was written.",
  },
  SCAFFOLD_DISK_FULL: {
    exit: exit.unhealthy,
    title: "The disk is full",
    explain:
      "Files are written beside their place first, so a full disk leaves nothing half-made. Make space and run it again.",
  },
} as const satisfies ErrorCodes;
