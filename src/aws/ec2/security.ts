import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { filtersOf, rulesOf, tagged } from "./shapes.ts";
import { fromTags } from "../tags.ts";
import { type Ec2Calls, unlessDone } from "./calls.ts";
import type { Ec2 } from "./port.ts";

type SecurityPort = Pick<
  Ec2,
  | "securityGroups"
  | "createSecurityGroup"
  | "allowTcp"
  | "revokeRules"
  | "deleteSecurityGroup"
  | "networkInterfaces"
  | "deleteNetworkInterface"
>;

/** Returns the calls for security groups and network interfaces. */
export function securityCalls({ client, careful, call, all, createdOnce, removed }: Ec2Calls): SecurityPort {
  const port: SecurityPort = {
    async securityGroups(where, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeSecurityGroups({ client }, { Filters: filtersOf(where) }, options),
        (page) => page.SecurityGroups,
      );
      return found.map((group) => ({
        id: group.GroupId ?? "",
        name: group.GroupName ?? "",
        vpcId: group.VpcId ?? "",
        ingress: rulesOf(group.IpPermissions),
        tags: fromTags(group.Tags),
      }));
    },

    createSecurityGroup: ({ vpcId, name, description }, tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const input = {
            VpcId: vpcId,
            GroupName: name,
            Description: description,
            TagSpecifications: tagged("security-group", tags),
          };
          return (await careful.send(new CreateSecurityGroupCommand(input), options)).GroupId;
        },
        async () => (await port.securityGroups({ tags }, signal))[0]?.id,
      ),

    async allowTcp(groupId, tcpPort, cidr, signal) {
      const IpPermissions = [
        { IpProtocol: "tcp", FromPort: tcpPort, ToPort: tcpPort, IpRanges: [{ CidrIp: cidr }] },
      ];
      await call(signal, (options) =>
        client
          .send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }), options)
          .catch(unlessDone("InvalidPermission.Duplicate", async () => true)),
      );
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

    deleteSecurityGroup: (id, signal) =>
      removed(signal, (options) => client.send(new DeleteSecurityGroupCommand({ GroupId: id }), options)),

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
      }));
    },

    deleteNetworkInterface: (id, signal) =>
      removed(signal, (options) => client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }), options)),
  };
  return port;
}
