import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const catalogCodes = {
  CATALOG_PATH_UNREADABLE: {
    exit: exit.usage,
    title: "The catalogue's folder cannot be read",
    explain: "The folder does not exist, is a file, or this user may not look into it.",
  },
  CATALOG_TOO_LARGE: {
    exit: exit.usage,
    title: "There are too many folders to look for a catalogue in",
    explain:
      "The catalogue is looked for in the folder of gennet.yaml, else in the Git repository, else in the current folder. A home folder or a whole disk is not meant: name the folder that holds the services.",
  },
  CATALOG_INCOMPLETE: {
    exit: exit.unhealthy,
    title: "The catalogue cannot be read in full",
    explain:
      "Callers are taken from the catalogue, and once a service names a caller no other may call it. A file that cannot be read may hide one, so nothing is taken from the others: fix it, or name the callers.",
  },
  CATALOG_SERVICE_UNKNOWN: {
    exit: exit.usage,
    title: "The catalogue does not have a service",
    explain:
      "Services are the components of every catalog-info.yaml at or below the catalogue's folder, without libraries. The name is mistyped, or the service is elsewhere.",
  },
} as const satisfies ErrorCodes;
