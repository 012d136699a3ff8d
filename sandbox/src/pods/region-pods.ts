import { stateRoot, type SandboxFolder } from "../folders.ts";
import { freePorts } from "../processes/ports.ts";
import type { Setting } from "../setting.ts";
import { type SandboxRegion, takenPorts } from "../state.ts";
import { chooseRange, parseRange, prefixLength } from "./addresses.ts";
import { takenRanges } from "./network.ts";

/** Assigns ports and an address range for real pods to the regions that have none yet. */
export async function withPods(
  regions: readonly SandboxRegion[],
  folder: SandboxFolder,
  setting: Setting,
): Promise<readonly SandboxRegion[]> {
  const ports = await freePorts(regions.length * 2, await takenPorts(stateRoot(setting.host)));
  const taken = await takenRanges();
  return regions.map((region) => {
    if (region.pods !== undefined) return region;
    const range = chooseRange(`${folder.root}/${region.awsRegion}`, taken);
    taken.push(parseRange(`${range}/${prefixLength}`) as NonNullable<ReturnType<typeof parseRange>>);
    return { ...region, pods: { port: ports.pop() as number, kubeletPort: ports.pop() as number, range } };
  });
}
