import {
  DeleteNetworkInterfaceCommand,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { filtersOf } from "./shapes.ts";
import { fromTags } from "../tags.ts";
import type { Ec2Calls } from "./calls.ts";
import type { Ec2 } from "./port.ts";

type LeftoverPort = Pick<Ec2, "groupsIn" | "revokeRules" | "networkInterfaces" | "deleteNetworkInterface">;

/** Returns the calls for what others leave in a VPC: security groups and network interfaces. */
export function leftoverCalls({ client, all, removed }: Ec2Calls): LeftoverPort {
  const port: LeftoverPort = {
    async groupsIn(vpcId, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeSecurityGroups({ client }, { Filters: filtersOf({ vpcId }) }, options),
        (page) => page.SecurityGroups,
      );
      return found
        .filter(({ GroupName }) => GroupName !== "default")
        .map(({ GroupId = "", GroupName = "", Tags }) => ({ id: GroupId, name: GroupName, tags: fromTags(Tags) }));
    },

    async revokeRules(groupId, signal) {
      const rules = await all(
        signal,
        (options) =>
          paginateDescribeSecurityGroupRules(
            { client },
            { Filters: [{ Name: "group-id", Values: [groupId] }] },
            options,
          ),
        (page) => page.SecurityGroupRules,
      );
      const ids = (isEgress: boolean): string[] =>
        rules.flatMap((rule) => (rule.IsEgress === isEgress ? (rule.SecurityGroupRuleId ?? []) : []));
      const [ingress, egress] = [ids(false), ids(true)];
      if (ingress.length > 0) {
        const input = { GroupId: groupId, SecurityGroupRuleIds: ingress };
        await removed(signal, (options) => client.send(new RevokeSecurityGroupIngressCommand(input), options));
      }
      if (egress.length > 0) {
        const input = { GroupId: groupId, SecurityGroupRuleIds: egress };
        await removed(signal, (options) => client.send(new RevokeSecurityGroupEgressCommand(input), options));
      }
    },

    async networkInterfaces(vpcId, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeNetworkInterfaces({ client }, { Filters: filtersOf({ vpcId }) }, options),
        (page) => page.NetworkInterfaces,
      );
      return found.map((each) => ({
        id: each.NetworkInterfaceId ?? "",
        subnetId: each.SubnetId ?? "",
        status: each.Status ?? "",
        description: each.Description ?? "",
        groupIds: (each.Groups ?? []).map(({ GroupId = "" }) => GroupId),
      }));
    },

    deleteNetworkInterface: (id, signal) =>
      removed(signal, (options) => client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }), options)),
  };
  return port;
}
