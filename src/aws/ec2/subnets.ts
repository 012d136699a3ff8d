import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeAvailabilityZonesCommand,
  ModifySubnetAttributeCommand,
  paginateDescribeSubnets,
} from "@aws-sdk/client-ec2";
import { filtersOf, tagged } from "./shapes.ts";
import { fromTags } from "../tags.ts";
import type { Ec2Calls } from "./calls.ts";
import type { Ec2 } from "./port.ts";

export type SubnetPort = Pick<Ec2, "zones" | "subnets" | "createSubnet" | "assignPublicIps" | "deleteSubnet">;

/** Returns the calls for zones and subnets. */
export function subnetCalls({ client, careful, call, all, createdOnce, removed }: Ec2Calls): SubnetPort {
  const port: SubnetPort = {
    async zones(signal) {
      const filters = [
        { Name: "state", Values: ["available"] },
        { Name: "zone-type", Values: ["availability-zone"] },
      ];
      const answer = await call(signal, (options) =>
        client.send(new DescribeAvailabilityZonesCommand({ Filters: filters }), options),
      );
      const zones = (answer.AvailabilityZones ?? []).map((zone) => ({
        name: zone.ZoneName ?? "",
        id: zone.ZoneId ?? "",
      }));
      return zones.toSorted((one, other) => (one.name < other.name ? -1 : 1));
    },

    async subnets(where, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeSubnets({ client }, { Filters: filtersOf(where) }, options),
        (page) => page.Subnets,
      );
      return found.map((subnet) => ({
        id: subnet.SubnetId ?? "",
        vpcId: subnet.VpcId ?? "",
        cidr: subnet.CidrBlock ?? "",
        zone: subnet.AvailabilityZoneId ?? "",
        state: subnet.State ?? "",
        assignsPublicIps: subnet.MapPublicIpOnLaunch ?? false,
        free: subnet.AvailableIpAddressCount ?? 0,
        tags: fromTags(subnet.Tags),
      }));
    },

    createSubnet: (vpcId, cidr, zone, tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const input = {
            VpcId: vpcId,
            CidrBlock: cidr,
            AvailabilityZoneId: zone,
            TagSpecifications: tagged("subnet", tags),
          };
          return (await careful.send(new CreateSubnetCommand(input), options)).Subnet?.SubnetId;
        },
        async () => (await port.subnets({ tags }, signal))[0]?.id,
      ),

    async assignPublicIps(subnetId, assigns, signal) {
      const input = { SubnetId: subnetId, MapPublicIpOnLaunch: { Value: assigns } };
      await call(signal, (options) => client.send(new ModifySubnetAttributeCommand(input), options));
    },

    deleteSubnet: (id, signal) =>
      removed(signal, (options) => client.send(new DeleteSubnetCommand({ SubnetId: id }), options)),
  };
  return port;
}
