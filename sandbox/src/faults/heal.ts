import { allComponents } from "../components.ts";
import { launcher } from "../launcher.ts";
import { titleOf } from "../processes/component.ts";
import { withLock } from "../processes/lock.ts";
import { startAll } from "../processes/start-all.ts";
import type { Setting } from "../setting.ts";
import { writeState } from "../state.ts";
import { requireState } from "../status.ts";
import type { Faults } from "./fail.ts";
import { partsInPods, readyPodsOf } from "./pods-of-part.ts";
import { type Fault, type FaultTarget, targetsOf } from "./targets.ts";

/**
 * Starts the components that were failed, and waits until they are ready. With a region's API server, everything that
 * ended without it is started again, except what is down on purpose.
 */
export async function heal(name: string, fault: Fault, setting: Setting): Promise<Faults> {
  const { folder } = await requireState(name, setting);
  return withLock(folder.lock, { waitMs: 8_000, what: `sandbox ${name}` }, setting, async () => {
    const { state: known } = await requireState(name, setting);
    const components = allComponents(known, folder);
    const parts = partsInPods(known);
    const targets = targetsOf<FaultTarget>(fault, [...components, ...parts], name);
    const failed = (known.failed ?? []).filter((id) => !targets.some((target) => target.id === id));
    const state = { ...known, failed };
    await writeState(folder, state);
    const regions = fault.kind === "region" ? targets.map(({ awsRegion }) => awsRegion) : [];
    const wanted = components.filter(
      (each) => targets.includes(each) || (regions.includes(each.awsRegion) && !failed.includes(each.id)),
    );
    setting.emit({ type: "tasks", tasks: wanted.map((each) => ({ id: each.id, title: titleOf(each) })) });
    await startAll(wanted, launcher(state, folder, setting), state, "unchanged", folder, setting);
    await readyPodsOf(parts.filter((part) => targets.includes(part)), state, folder, setting);
    return { changed: targets.map(({ id }) => id), failed };
  });
}
