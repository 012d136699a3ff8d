import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const catalogCodes = {
  CATALOG_PATH_UNREADABLE: {
    exit: exit.usage,
    title: "Cannot read the catalogue's folder",
    explain: "The folder does not exist, is a file, or this user has no permission to read it.",
  },
  CATALOG_TOO_LARGE: {
    exit: exit.usage,
    title: "Too many folders to search for a catalogue",
    explain:
      "gennet searches for the catalogue in the folder of gennet.yaml, otherwise in the Git repository, otherwise in the current folder. It does not search a home folder or a whole disk: name the folder with your services.",
  },
  CATALOG_INCOMPLETE: {
    exit: exit.unhealthy,
    title: "Cannot read the whole catalogue",
    explain:
      "gennet takes callers from the catalogue. Once a service names its callers, all others are denied. An unreadable file may hide a caller, so gennet adds none: fix the file, or name the callers yourself.",
  },
  CATALOG_SERVICE_UNKNOWN: {
    exit: exit.usage,
    title: "The service is not in the catalogue",
    explain:
      "The catalogue contains the components of every catalog-info.yaml in its folder and subfolders, except libraries. Check the spelling, and whether the service is in another folder.",
  },
} as const satisfies ErrorCodes;
