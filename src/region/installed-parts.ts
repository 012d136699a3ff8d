import type { Region } from "../platform/schema.ts";
import { zonalGateways } from "./resources/nat-address.ts";
import { regionResources } from "./resources.ts";
import type { RegionWorld } from "./world.ts";

/** What bootstrap installs in a region, and `gennet status` expects there. */
export interface InstalledParts {
  /** The names of EKS add-ons. */
  readonly addons: readonly string[];
  /** How many NAT gateways there are. */
  readonly natGateways: number;
}

export function installedParts(platform: RegionWorld["platform"], region: Region): InstalledParts {
  const addons = regionResources(platform).flatMap(({ id }) => /^addon-(.+)$/.exec(id)?.[1] ?? []);
  return {
    // Auto Mode runs their functions outside the nodes: https://docs.aws.amazon.com/eks/latest/userguide/automode.html
    addons: region.nodes.mode === "auto" ? [] : addons,
    natGateways: region.network.nat === "regional" ? 1 : zonalGateways({ region }),
  };
}
