import { type SandboxFolder, stateRoot } from "../folders.ts";
import { freePorts } from "../processes/ports.ts";
import type { Setting } from "../setting.ts";
import { type SandboxState, takenPorts, writeState } from "../state.ts";
import { createStorePki } from "../region/pki.ts";
import { storeHost, storeNames, type StoreName } from "./store.ts";

/** Adds missing stores to every region; existing ones stay. */
export async function withStores(
  wanted: readonly StoreName[],
  state: SandboxState,
  folder: SandboxFolder,
  setting: Setting,
): Promise<SandboxState> {
  const ports = await freePorts(state.regions.length * wanted.length, await takenPorts(stateRoot(setting.host)));
  const regions = state.regions.map((region) => {
    const lacking = wanted.filter((store) => region.stores?.[store] === undefined);
    const more = Object.fromEntries(lacking.map((store) => [store, ports.pop() as number]));
    return lacking.length === 0 ? region : { ...region, stores: { ...region.stores, ...more } };
  });
  const now = setting.host.clock.now();
  for (const { awsRegion, stores } of regions) {
    if (stores !== undefined) await createStorePki(folder, awsRegion, storeNames.map(storeHost), now);
  }
  const grown: SandboxState = { ...state, regions };
  await writeState(folder, grown);
  return grown;
}
