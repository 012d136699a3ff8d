import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { fromTags, type Tags } from "../tags.ts";
import type { Ec2Calls } from "./calls.ts";
import { tagged } from "./shapes.ts";

export interface IngressRule {
  readonly id: string;
  /** `tcp 5432 from 10.0.0.0/16`. */
  readonly text: string;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly ingress: readonly IngressRule[];
  readonly tags: Tags;
}

export interface NewSecurityGroup {
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: Tags;
}

export interface SecurityGroups {
  /** Returns the group with this name, of which a VPC has at most one. */
  securityGroup(
    where: Pick<NewSecurityGroup, "vpcId" | "name">,
    signal: AbortSignal,
  ): Promise<SecurityGroup | undefined>;
  /** Returns what may connect to resources that have all of these groups. */
  ingressOf(groupIds: readonly string[], signal: AbortSignal): Promise<readonly IngressRule[]>;
  createSecurityGroup(group: NewSecurityGroup, signal: AbortSignal): Promise<string>;
  /** Allows TCP connections to a port from a range. */
  allowIngress(id: string, port: number, cidr: string, signal: AbortSignal): Promise<void>;
  revokeIngress(id: string, ruleIds: readonly string[], signal: AbortSignal): Promise<void>;
  deleteSecurityGroup(id: string, signal: AbortSignal): Promise<void>;
}

/** Returns the calls for security groups. */
export function securityGroupCalls({ client, careful, call, all, createdOnce, removed }: Ec2Calls): SecurityGroups {
  const port: SecurityGroups = {
    async securityGroup({ vpcId, name }, signal) {
      const Filters = [
        { Name: "vpc-id", Values: [vpcId] },
        { Name: "group-name", Values: [name] },
      ];
      const found = await all(
        signal,
        (options) => paginateDescribeSecurityGroups({ client }, { Filters }, options),
        (page) => page.SecurityGroups,
      );
      // A filter's value may contain wildcards.
      const own = found.find(({ GroupName }) => GroupName === name);
      if (own?.GroupId === undefined) return undefined;
      return {
        id: own.GroupId,
        name,
        vpcId,
        ingress: await port.ingressOf([own.GroupId], signal),
        tags: fromTags(own.Tags),
      };
    },

    async ingressOf(groupIds, signal) {
      if (groupIds.length === 0) return [];
      const Filters = [{ Name: "group-id", Values: [...groupIds] }];
      const rules = await all(
        signal,
        (options) => paginateDescribeSecurityGroupRules({ client }, { Filters }, options),
        (page) => page.SecurityGroupRules,
      );
      return rules.filter(({ IsEgress }) => IsEgress === false).map(toRule);
    },

    createSecurityGroup: ({ name, description, vpcId, tags }, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const input = {
            GroupName: name,
            Description: description,
            VpcId: vpcId,
            TagSpecifications: tagged("security-group", tags),
          };
          return (await careful.send(new CreateSecurityGroupCommand(input), options)).GroupId;
        },
        async () => (await port.securityGroup({ vpcId, name }, signal))?.id,
      ),

    async allowIngress(id, portNumber, cidr, signal) {
      const range = { IpProtocol: "tcp", FromPort: portNumber, ToPort: portNumber, IpRanges: [{ CidrIp: cidr }] };
      const command = new AuthorizeSecurityGroupIngressCommand({ GroupId: id, IpPermissions: [range] });
      await call(signal, async (options) => {
        try {
          await client.send(command, options);
        } catch (error) {
          // A retry of a call whose response was lost.
          if (!(error instanceof Error) || error.name !== "InvalidPermission.Duplicate") throw error;
        }
      });
    },

    async revokeIngress(id, ruleIds, signal) {
      const input = { GroupId: id, SecurityGroupRuleIds: [...ruleIds] };
      await call(signal, async (options) => {
        try {
          await client.send(new RevokeSecurityGroupIngressCommand(input), options);
        } catch (error) {
          if (!(error instanceof Error) || error.name !== "InvalidSecurityGroupRuleId.NotFound") throw error;
        }
      });
    },

    deleteSecurityGroup: (id, signal) =>
      removed(signal, (options) => client.send(new DeleteSecurityGroupCommand({ GroupId: id }), options)),
  };
  return port;
}

function toRule(rule: SecurityGroupRule): IngressRule {
  const { FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo } = rule;
  const ports = FromPort === ToPort ? `${FromPort}` : `${FromPort}-${ToPort}`;
  const from = CidrIpv4 ?? CidrIpv6 ?? PrefixListId ?? ReferencedGroupInfo?.GroupId ?? "elsewhere";
  return { id: rule.SecurityGroupRuleId ?? "", text: `${rule.IpProtocol} ${ports} from ${from}` };
}
