import {
  DescribeInstanceTypesCommand,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeSubnets,
  paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";
import { fromTags, type Tags } from "../tags.ts";
import type { Ec2Calls } from "./calls.ts";
import { tagFilters } from "./shapes.ts";

export interface VpcRanges {
  readonly id: string;
  /** Every IPv4 range that is associated with it, also secondary ones. */
  readonly ranges: readonly string[];
  readonly tags: Tags;
}

export interface FreeAddresses {
  readonly subnetId: string;
  readonly name: string;
  /** How many IPv4 addresses are not in use. */
  readonly free: number;
}

/** Subnets with all of these tags, or with these ids. */
export type SubnetChoice = { readonly tags: Tags } | { readonly ids: readonly string[] };

/** What EC2 offers in an AWS region, and what is taken there. */
export interface Ec2Offerings {
  /** Returns the ids of the zones that offer an instance type, sorted; none if the type does not exist. */
  zonesOffering(instanceType: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Returns the default number of vCPUs of an instance type that is offered in the region. */
  vcpus(instanceType: string, signal: AbortSignal): Promise<number>;
  /** Returns all VPCs of the account in the region. */
  vpcRanges(signal: AbortSignal): Promise<readonly VpcRanges[]>;
  /** Returns the free addresses of the subnets with these tags, or ids. A subnet that does not exist is left out. */
  freeAddresses(of: SubnetChoice, signal: AbortSignal): Promise<readonly FreeAddresses[]>;
}

export function offeringCalls({ client, call, all }: Pick<Ec2Calls, "client" | "call" | "all">): Ec2Offerings {
  return {
    async zonesOffering(instanceType, signal) {
      const LocationType = "availability-zone-id" as const;
      const Filters = [{ Name: "instance-type", Values: [instanceType] }];
      const found = await all(
        signal,
        (options) => paginateDescribeInstanceTypeOfferings({ client }, { LocationType, Filters }, options),
        (page) => page.InstanceTypeOfferings,
      );
      return found.map(({ Location = "" }) => Location).toSorted();
    },

    async vcpus(instanceType, signal) {
      const Filters = [{ Name: "instance-type", Values: [instanceType] }];
      const answer = await call(signal, (options) =>
        client.send(new DescribeInstanceTypesCommand({ Filters }), options),
      );
      return answer.InstanceTypes?.[0]?.VCpuInfo?.DefaultVCpus ?? 0;
    },

    async vpcRanges(signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeVpcs({ client }, {}, options),
        (page) => page.Vpcs,
      );
      return found.map(({ VpcId = "", CidrBlock, CidrBlockAssociationSet: sets = [], Tags: tags }) => {
        const associated = sets.filter(({ CidrBlockState }) => CidrBlockState?.State !== "disassociated");
        const ranges = [CidrBlock, ...associated.map((set) => set.CidrBlock)].filter((range) => range !== undefined);
        return { id: VpcId, ranges: [...new Set(ranges)], tags: fromTags(tags) };
      });
    },

    async freeAddresses(of, signal) {
      const Filters = "tags" in of ? tagFilters(of.tags) : [{ Name: "subnet-id", Values: [...of.ids] }];
      const found = await all(
        signal,
        (options) => paginateDescribeSubnets({ client }, { Filters }, options),
        (page) => page.Subnets,
      );
      return found.map(({ SubnetId = "", AvailableIpAddressCount: free = 0, Tags: own }) => {
        return { subnetId: SubnetId, name: fromTags(own)["Name"] ?? SubnetId, free };
      });
    },
  };
}
