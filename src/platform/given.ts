import type { Path } from "../core/fields.ts";
import type { Misfit } from "./across-regions.ts";
import type { Platform, Region } from "./schema.ts";

type NetworkKey = keyof Region["network"];

/** What a VPC that exists already has, or what its owner decides. */
const ofOwnVpc: readonly NetworkKey[] = ["cidr", "zones", "nat", "flowLogs"];

/**
 * Returns what is wrong with the ids of things that exist. `isWritten` tells a value of the file from a default.
 */
export function givenMisfits({ regions, stores }: Platform, isWritten: (path: Path) => boolean): readonly Misfit[] {
  return regions.flatMap(({ awsRegion, network, encryptionKey, database }, at) => {
    const found: Misfit[] = [];
    const misfit = (keys: Path, says: string): void =>
      void found.push({ path: ["regions", at, ...keys], says: `expected ${says}` });
    const keyRegion = encryptionKey?.startsWith("arn:") === true ? encryptionKey.split(":")[3] : undefined;
    if (keyRegion !== undefined && keyRegion !== awsRegion) {
      misfit(["encryptionKey"], `a key in ${awsRegion}, but this one is in ${keyRegion}`);
    }
    if (database !== undefined && stores.postgres === undefined) {
      misfit(["database"], "stores.postgres, too: what the platform needs of its database");
    }
    if (database !== undefined && stores.postgres?.writes === "forward") {
      misfit(
        ["database"],
        "stores.postgres.writes: read-only, because forwarding changes the database's security group",
      );
    }
    const { vpc, subnets } = network;
    if (vpc === undefined) {
      if (subnets !== undefined) misfit(["network", "subnets"], "network.vpc, too: the VPC of these subnets");
      return found;
    }
    if (subnets === undefined) {
      misfit(["network", "vpc"], "network.subnets, too: gennet creates no subnets in a VPC that exists");
    }
    const ids = (["private", "public"] as const).flatMap((kind) =>
      (subnets?.[kind] ?? []).map((id, index) => ({ id, path: ["network", "subnets", kind, index] })),
    );
    for (const [index, { id, path }] of ids.entries()) {
      const isTwice = ids.slice(0, index).some((each) => each.id === id);
      if (isTwice) misfit(path, `another subnet: ${id} is already listed`);
    }
    for (const key of ofOwnVpc.filter((each) => isWritten(["regions", at, "network", each]))) {
      misfit(["network", key], `no network.${key}: ${vpc} has its own`);
    }
    if (stores.postgres?.writes === "forward") {
      misfit(["network", "vpc"], "stores.postgres.writes: read-only, because forwarding needs routes in the VPC");
    }
    return found;
  });
}
