import { allComponents } from "../components.ts";
import { findRunning, killProcesses } from "../processes/daemon.ts";
import { withLock } from "../processes/lock.ts";
import { processTable } from "../processes/process-table.ts";
import type { Setting } from "../setting.ts";
import { writeState } from "../state.ts";
import { requireState } from "../status.ts";
import { killPodsOf, partsInPods } from "./pods-of-part.ts";
import { type Fault, targetsOf } from "./targets.ts";

export interface Faults {
  /** Ids of the components and parts that this run has failed or healed. */
  readonly changed: readonly string[];
  /** All components that are down on purpose now. */
  readonly failed: readonly string[];
}

/** Kills the components and pods of the fault; only `heal` and `up` start them again. */
export async function fail(name: string, fault: Fault, setting: Setting): Promise<Faults> {
  const { folder } = await requireState(name, setting);
  return withLock(folder.lock, { waitMs: 8_000, what: `sandbox ${name}` }, setting, async () => {
    const { state } = await requireState(name, setting);
    const parts = partsInPods(state);
    const targeted = targetsOf(fault, [...allComponents(state, folder), ...parts], name);
    const targets = targeted.map(({ id }) => id);
    const failed = [...new Set([...(state.failed ?? []), ...targets])].sort();
    // Recorded before the kill, so that a concurrent `sandbox status` shows why a component is down.
    await writeState(folder, { ...state, failed });
    const table = await processTable();
    const alive = targets.flatMap((id) => findRunning(table, state.processes[id]) ?? []);
    await killProcesses(alive, processTable, setting.host.clock);
    await killPodsOf(parts.filter((part) => targeted.includes(part)), state, folder, setting);
    return { changed: targets, failed };
  });
}
