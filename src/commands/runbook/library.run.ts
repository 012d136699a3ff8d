import { dirname } from "node:path";
import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import type { Runbook } from "../../runbooks/format/runbook.ts";
import { findRunbook, findRunbooks } from "../../runbooks/find-runbooks.ts";
import { readRunbook, type RunbookEntry } from "../../runbooks/runbook-files.ts";
import { findPlatform } from "../../platform/load.ts";
import type { Place } from "../../platform/place.ts";

/** Returns the folder of gennet.yaml, or undefined if there is none: the shipped runbooks need no platform. */
export async function platformFolder({ host, options }: Context): Promise<string | undefined> {
  try {
    return dirname((await findPlatform(host.cwd, options.config)).path);
  } catch (error) {
    if (error instanceof AppError && error.code === "CONFIG_NOT_FOUND" && options.config === undefined)
      return undefined;
    throw error;
  }
}

export async function allRunbooks(context: Context): Promise<readonly RunbookEntry[]> {
  return findRunbooks(await platformFolder(context), context.host.cwd);
}

/** Returns a runbook by its id or file. Throws RUNBOOK_UNKNOWN, RUNBOOK_INVALID. */
export async function openRunbook(named: string, context: Context): Promise<Runbook> {
  // Lists and hints only read front matter.
  const { parseRunbook } = await import("../../runbooks/format/parse-runbook.ts");
  const entry = await findRunbook(named, await platformFolder(context), context.host.cwd);
  return parseRunbook(await readRunbook(entry), entry.file, entry.id);
}

/** Runbooks without a region need no gennet.yaml. */
export async function placesIfAny(context: Context): Promise<readonly Place[]> {
  try {
    return await context.places();
  } catch (error) {
    if (error instanceof AppError && error.code === "CONFIG_NOT_FOUND") return [];
    throw error;
  }
}
