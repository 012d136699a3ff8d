import { randomBytes } from "node:crypto";
import { AppError } from "../../core/error.ts";
import type { RunFolder, RunFolders } from "../../host/run-folders.ts";

/** What the folder of a run says about it: `run.json`, written before the run begins. */
export interface RunFile {
  readonly run: string;
  readonly runbook: string;
  readonly file: string;
  readonly incident?: string;
  /** The name of the journal. */
  readonly journal: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  /** The flags that its commands need to find the platform: `--context eu`. */
  readonly flags: readonly string[];
}

/** The runbook as it was when the run began: later edits do not change an unfinished run. */
const copy = "runbook.md";
const description = "run.json";

export function newRun(
  { id, file }: { readonly id: string; readonly file: string },
  incident: string | undefined,
  flags: readonly string[],
  now: number,
): RunFile {
  const startedAt = new Date(now).toISOString();
  const run = `${startedAt.replace(/[-:.Z]/g, "")}-${id}-${randomBytes(2).toString("hex")}`;
  const journal = incident === undefined ? `runbooks/${run}` : `runbooks/incident-${incident}`;
  return { run, runbook: id, file, ...(incident === undefined ? {} : { incident }), journal, startedAt, flags };
}

export async function writeRun(folder: RunFolder, run: RunFile, source: string): Promise<void> {
  await folder.write(copy, source);
  await folder.write(description, `${JSON.stringify(run, null, 2)}\n`);
}

export interface FoundRun<S> {
  readonly run: RunFile;
  /** The runbook as it was when the run began. */
  readonly source: string;
  readonly folder: RunFolder;
  readonly store: S;
}

/**
 * Returns a run by its id, an incident's last run by the incident, or the last run. One that is in several stores is
 * taken from the first. Throws RUNBOOK_RUN_UNKNOWN.
 */
export async function findRun<S extends { readonly folders: RunFolders }>(
  named: string | undefined,
  stores: readonly S[],
): Promise<FoundRun<S>> {
  const kept = await Promise.all(stores.map(async (store) => (await store.folders.ids()).map((id) => ({ id, store }))));
  const all = kept.flat().toSorted((one, other) => other.id.localeCompare(one.id));
  const own = all.filter(({ id }) => id === named);
  for (const { id, store } of own.length > 0 ? own : all) {
    const folder = store.folders.open(id);
    const run = parseRun(await folder.read(description));
    if (run === undefined || (named !== undefined && run.run !== named && run.incident !== named)) continue;
    const source = await folder.read(copy);
    if (source !== undefined) return { run, source, folder, store };
  }
  const message = named === undefined ? "No run of a runbook was found." : `No run has the ID "${named}".`;
  throw new AppError("RUNBOOK_RUN_UNKNOWN", message, { next: ["gennet runbook list"] });
}

/** Returns undefined for a description that is missing or damaged: one run must not hide the others. */
function parseRun(text: string | undefined): RunFile | undefined {
  try {
    const { run, runbook, file, journal, startedAt, flags, ...more } = JSON.parse(text ?? "") as RunFile;
    const isWhole =
      [run, runbook, file, journal, startedAt].every((each) => typeof each === "string") && Array.isArray(flags);
    return isWhole ? { run, runbook, file, journal, startedAt, flags, ...more } : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the files that a run has kept, apart from those that describe it. */
export async function evidenceOf(folder: RunFolder): Promise<readonly string[]> {
  return (await folder.files()).filter((name) => name !== copy && name !== description);
}
