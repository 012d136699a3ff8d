import type { DryRunAction, Ec2DryRun } from "../../src/aws/ec2/dry-run.ts";
import type { Ec2Offerings } from "../../src/aws/ec2/offerings.ts";
import type { Made } from "./memory-things.ts";
import { zonesIn } from "./memory-vpc.ts";

/** What AWS offers to this account; tests change it. */
export interface Market {
  /** The vCPUs of each instance type that exists. */
  readonly instanceTypes: Map<string, number>;
  /** The ids of the zones that offer no instances. */
  readonly emptyZones: Set<string>;
  /** Calls of EC2 that the caller may not make. */
  readonly denied: Set<DryRunAction>;
}

export function market(): Market {
  const instanceTypes = new Map([
    ["m7i.large", 2],
    ["m7g.large", 2],
    ["c7i.large", 2],
    ["m7i.2xlarge", 8],
    ["g5.xlarge", 4],
  ]);
  return { instanceTypes, emptyZones: new Set(), denied: new Set() };
}

/** The part of EC2 in memory that says what there is: https://docs.aws.amazon.com/AWSEC2/latest/APIReference */
export function memoryOfferings(
  awsRegion: string,
  things: readonly Made[],
  { instanceTypes, emptyZones, denied }: Market,
): Ec2Offerings & Ec2DryRun {
  const zones = zonesIn(awsRegion).map(({ id }) => id);
  return {
    zonesOffering: async (type) => {
      if (!instanceTypes.has(type)) return [];
      return zones.filter((zone) => !emptyZones.has(zone)).toSorted();
    },
    vcpus: async (type) => instanceTypes.get(type) ?? 0,
    vpcRanges: async () =>
      things
        .filter(({ kind }) => kind === "vpc")
        .map(({ id, tags, facts }) => ({ id, ranges: [String(facts["cidr"])], tags })),
    isAllowed: async (action) => !denied.has(action),
  };
}
