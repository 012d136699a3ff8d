import type { DryRunAction, Ec2DryRun } from "../../src/aws/ec2/dry-run.ts";
import type { Ec2Offerings } from "../../src/aws/ec2/offerings.ts";
import { blockOf } from "./aws-rules.ts";
import type { Made } from "./memory-ec2.ts";

/** What AWS offers to this account; tests change it. */
export interface Market {
  /** The vCPUs of each instance type that exists. */
  readonly instanceTypes: Map<string, number>;
  /** The numbers of the zones that offer no instances, from 1. */
  readonly emptyZones: Set<number>;
  /** Calls of EC2 that the caller may not make. */
  readonly denied: Set<DryRunAction>;
  /** The addresses that are taken in each subnet, by its id. */
  readonly takenAddresses: Map<string, number>;
}

export function market(): Market {
  const instanceTypes = new Map([
    ["m7i.large", 2],
    ["m7i.2xlarge", 8],
    ["g5.xlarge", 4],
  ]);
  return { instanceTypes, emptyZones: new Set(), denied: new Set(), takenAddresses: new Map() };
}

/** The part of EC2 in memory that says what there is: https://docs.aws.amazon.com/AWSEC2/latest/APIReference */
export function memoryOfferings(
  awsRegion: string,
  things: readonly Made[],
  { instanceTypes, emptyZones, denied, takenAddresses }: Market,
): Ec2Offerings & Ec2DryRun {
  const zones = [1, 2, 3, 4];
  /** `euw1` for eu-west-1. */
  const short = awsRegion.replace(/^(\w+)-(\w)\w*-(\d)$/, "$1$2$3");
  return {
    zonesOffering: async (type, by) => {
      const open = zones.filter((zone) => !emptyZones.has(zone));
      if (!instanceTypes.has(type)) return [];
      return open.map((zone) => (by === "id" ? `${short}-az${zone}` : `${awsRegion}${"abcd"[zone - 1]}`));
    },
    vcpus: async (type) => instanceTypes.get(type) ?? 0,
    vpcRanges: async () =>
      things
        .filter(({ kind }) => kind === "vpc")
        .map(({ id, tags, facts }) => ({ id, ranges: [String(facts["cidr"])], tags })),
    freeAddresses: async (tags) =>
      things
        .filter(
          (each) => each.kind === "subnet" && Object.entries(tags).every(([key, value]) => each.tags[key] === value),
        )
        // AWS keeps five addresses of each subnet for itself.
        .map(({ id, tags: own, facts }) => ({
          subnetId: id,
          name: own["Name"] ?? id,
          free: blockOf(String(facts["cidr"])).size - 5 - (takenAddresses.get(id) ?? 0),
        })),
    isAllowed: async (action) => !denied.has(action),
  };
}
