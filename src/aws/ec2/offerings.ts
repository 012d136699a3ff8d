import {
  DescribeInstanceTypesCommand,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";
import { fromTags, type Tags } from "../tags.ts";
import type { Ec2Calls } from "./calls.ts";
import { rangesOf } from "./shapes.ts";

export interface VpcRanges {
  readonly id: string;
  /** Every IPv4 range that is associated with it, also secondary ones. */
  readonly ranges: readonly string[];
  readonly tags: Tags;
}

/** What EC2 offers in an AWS region, and what is taken there. */
export interface Ec2Offerings {
  /** Returns the ids of the zones that offer an instance type, sorted; none if the type does not exist. */
  zonesOffering(instanceType: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Returns the default number of vCPUs of an instance type that is offered in the region. */
  vcpus(instanceType: string, signal: AbortSignal): Promise<number>;
  /** Returns all VPCs of the account in the region. */
  vpcRanges(signal: AbortSignal): Promise<readonly VpcRanges[]>;
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
      return found.map((vpc) => ({ id: vpc.VpcId ?? "", ranges: rangesOf(vpc), tags: fromTags(vpc.Tags) }));
    },
  };
}
