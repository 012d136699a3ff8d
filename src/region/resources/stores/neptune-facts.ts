import type { NeptuneCluster } from "../../../aws/neptune/port.ts";
import { arnIn } from "../../../core/arn.ts";
import type { Platform } from "../../../platform/schema.ts";
import { storeName } from "../../store-name.ts";
import type { RegionWorld } from "../../world.ts";

type NeptuneSpec = Platform["stores"]["neptune"];

export const neptunePort = 8182;
/** With the number of an instance, of which a cluster has at most 16, an id has at most 63 characters. */
const longestId = 60;

export function wantsNeptune({ platform }: Pick<RegionWorld, "platform">): boolean {
  return platform.stores.graph === "neptune";
}

/** Returns what gennet.yaml says of Neptune. */
export function neptuneSpec({ platform }: RegionWorld): NeptuneSpec {
  return platform.stores.neptune;
}

/** Returns the id of the region's cluster, and the name of its subnet group and its parameter group. */
export function neptuneId(world: RegionWorld): string {
  return storeName(world, "neptune", longestId);
}

/** Returns the ids of the instances: the first is created as the writer, the others as its replicas. */
export function neptuneInstanceIds(world: RegionWorld): readonly string[] {
  return Array.from({ length: 1 + neptuneSpec(world).replicas }, (_, index) => `${neptuneId(world)}-${index + 1}`);
}

/** Whether an id is one that gennet gives to instances of the region's cluster. */
export function isNeptuneInstanceId(id: string, clusterId: string): boolean {
  return id.startsWith(`${clusterId}-`) && /^\d{1,2}$/.test(id.slice(clusterId.length + 1));
}

export function neptuneSecretName({ platform, region }: RegionWorld): string {
  return `${platform.name}/${region.name}/neptune`;
}

/** Returns the family of parameter groups of a version, which is a major one: `neptune1.4`. */
export function neptuneFamily(version: string): string {
  return `neptune${version.split(".").slice(0, 2).join(".")}`;
}

/** Returns what an IAM policy allows `neptune-db:connect` on. */
export function neptuneIamResource({ resourceId }: NeptuneCluster, { region }: RegionWorld): string {
  return arnIn(region, "neptune-db", `${resourceId}/*`);
}
