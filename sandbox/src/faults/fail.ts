import { allComponents } from "../components.ts";
import { isAlive, killProcesses } from "../processes/daemon.ts";
import { withLock } from "../processes/lock.ts";
import { processTable } from "../processes/process-table.ts";
import type { Setting } from "../setting.ts";
import { writeState } from "../state.ts";
import { requireState } from "../status.ts";
import { type Fault, targetsOf } from "./targets.ts";

export interface Faults {
  /** Components, by id, that this run has made fail or healed. */
  readonly changed: readonly string[];
  /** All that are down on purpose now. */
  readonly failed: readonly string[];
}

/** Kills what the fault is about; nothing starts it again but `heal` and `up`. */
export async function fail(name: string, fault: Fault, setting: Setting): Promise<Faults> {
  const { folder } = await requireState(name, setting);
  return withLock(folder.lock, { waitMs: 8_000, what: `sandbox ${name}` }, setting, async () => {
    const { state } = await requireState(name, setting);
    const targets = targetsOf(fault, allComponents(state, folder), name).map(({ id }) => id);
    const failed = [...new Set([...(state.failed ?? []), ...targets])].sort();
    // Before the kill: a status of the sandbox meanwhile shows why it is down.
    await writeState(folder, { ...state, failed });
    const table = await processTable();
    const alive = targets.flatMap((id) => isAlive(table, state.processes[id]) ?? []);
    await killProcesses(alive, processTable, setting.host.clock);
    return { changed: targets, failed };
  });
}
