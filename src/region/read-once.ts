import type { Aws } from "../aws/port.ts";
import { sharedReads } from "../aws/eks/shared-reads.ts";
import { shared } from "../core/shared.ts";
import type { RegionWorld } from "./world.ts";

/** Returns the region for one plan: what many steps ask EKS is read once. */
export function readOnce(world: RegionWorld): RegionWorld {
  const { aws } = world;
  const eks = shared(async () => sharedReads(await aws.service("eks")));
  const service = (async (name) => (name === "eks" ? eks() : aws.service(name))) as Aws["service"];
  return { ...world, aws: { ...aws, service } };
}
