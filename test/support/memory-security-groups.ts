import type { IngressRule, SecurityGroups } from "../../src/aws/ec2/security-groups.ts";
import { ingressText } from "../../src/core/ingress-text.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { Made } from "./memory-ec2.ts";

/**
 * In-memory security groups: a name is unique in its VPC, a rule in its group.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
export function memorySecurityGroups(things: Made[], { change }: AwsChanges): SecurityGroups {
  let count = 0;
  const groups = (): readonly Made[] => things.filter(({ kind }) => kind === "sg");
  const rulesOf = ({ facts }: Made): IngressRule[] => facts["ingress"] as IngressRule[];
  const known = (action: string, id: string): Made =>
    groups().find((group) => group.id === id) ??
    refuse(action, "InvalidGroup.NotFound", `The security group '${id}' does not exist`);
  return {
    securityGroup: async ({ vpcId, name }) => {
      const found = groups().find(({ facts }) => facts["vpcId"] === vpcId && facts["name"] === name);
      return found && { id: found.id, name, vpcId, ingress: [...rulesOf(found)], tags: found.tags };
    },
    ingressOf: async (groupIds) =>
      groups()
        .filter(({ id }) => groupIds.includes(id))
        .flatMap(rulesOf),
    createSecurityGroup: ({ name, description, vpcId, tags }) =>
      change(() => {
        const action = "EC2 CreateSecurityGroup";
        demandTags(action, tags);
        const names = /^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/;
        const fits = names.test(name) && names.test(description) && !name.startsWith("sg-");
        demand(fits, action, "InvalidParameterValue", `Invalid security group name or description: ${name}`);
        const inVpc = things.some((thing) => thing.kind === "vpc" && thing.id === vpcId);
        demand(inVpc, action, "InvalidVpcID.NotFound", `The vpc ID '${vpcId}' does not exist`);
        const taken = groups().some(({ facts }) => facts["name"] === name && facts["vpcId"] === vpcId);
        demand(!taken, action, "InvalidGroup.Duplicate", `The security group '${name}' already exists for ${vpcId}`);
        const id = `sg-${++count}`;
        things.push({ kind: "sg", id, tags, facts: { name, vpcId, ingress: [] } });
        return id;
      }),
    allowIngress: (id, port, cidr) =>
      change(() => {
        const rules = rulesOf(known("EC2 AuthorizeSecurityGroupIngress", id));
        const text = ingressText(port, cidr);
        // The adapter considers a duplicate to be a retry of a call whose response was lost.
        if (!rules.some((rule) => rule.text === text)) rules.push({ id: `sgr-${++count}`, text });
      }),
    revokeIngress: (id, ruleIds) =>
      change(() => {
        const group = known("EC2 RevokeSecurityGroupIngress", id);
        group.facts["ingress"] = rulesOf(group).filter((rule) => !ruleIds.includes(rule.id));
      }),
    deleteSecurityGroup: (id) =>
      change(() => {
        const at = things.findIndex((thing) => thing.kind === "sg" && thing.id === id);
        const lists = ["securityGroupIds", "groupIds"];
        const user = things.find(
          ({ facts }) =>
            lists.some((list) => (facts[list] as string[] | undefined)?.includes(id)) ||
            (facts["ingress"] as IngressRule[] | undefined)?.some(({ text }) => text.endsWith(` from ${id}`)),
        );
        const action = "EC2 DeleteSecurityGroup";
        demand(user === undefined, action, "DependencyViolation", `resource ${id} has a dependent object`);
        if (at >= 0) things.splice(at, 1);
      }),
  };
}
