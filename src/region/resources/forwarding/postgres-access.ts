import type { IngressRule } from "../../../aws/ec2/security-groups.ts";
import { ingressText } from "../../../core/ingress-text.ts";
import { asDesired, ready, update } from "../../../core/resource.ts";
import { ownRange } from "../../cidr.ts";
import { isPrimary } from "../../primary-region.ts";
import { namedTags, nameOf, type RegionResource, type RegionWorld, sole } from "../../world.ts";
import { postgresPort } from "../stores/postgres-facts.ts";
import { postgresSecurityGroup } from "../stores/postgres-groups.ts";
import { isPeered } from "./forwarding-facts.ts";

/**
 * The rule of the primary region's database that admits this region's range: a rule cannot name a security group of another
 * AWS region. Outputs the rules, of which there is one.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
 */
export const postgresAccess: RegionResource<readonly IngressRule[], readonly IngressRule[]> = {
  id: "postgres-access",
  title: "Access to PostgreSQL in the primary region",
  needs: [],
  needsPrimary: [postgresSecurityGroup],
  wanted: isPeered,
  async read({ world, primary, signal }) {
    if (isPrimary(world) || primary.output(postgresSecurityGroup) === undefined) return [];
    const ec2 = await primary.world.aws.service("ec2");
    const found = await ec2.securityGroups(namedTags(primary.world, "postgres"), signal);
    const group = sole(found, "security group", primary.world);
    return group?.ingress.filter(({ text }) => text === ruleOf(world)) ?? [];
  },
  diff(rules, { world, primary }) {
    const allowed = update(nameOf(primary.world, "postgres"), "ingress", ruleOf(world));
    return rules.length > 0 ? asDesired : { operations: [allowed] };
  },
  async apply(_rules, { world, primary, signal }) {
    const ec2 = await primary.world.aws.service("ec2");
    await ec2.allowIngress(primary.required(postgresSecurityGroup), postgresPort, ownRange(world.region), signal);
  },
  ready: () => ready,
  output: (rules) => rules,
  removal: {
    diff(rules, { world, primary }) {
      const ended = update(nameOf(primary.world, "postgres"), "ingress", "nothing", ruleOf(world));
      return rules.length === 0 ? asDesired : { operations: [ended] };
    },
    async apply(rules, { primary, signal }) {
      const ids = rules.map(({ id }) => id);
      const ec2 = await primary.world.aws.service("ec2");
      await ec2.revokeIngress(primary.required(postgresSecurityGroup), ids, signal);
    },
    gone: (rules) => (rules.length === 0 ? ready : { state: "waiting", detail: "still there" }),
  },
};

function ruleOf(world: RegionWorld): string {
  return ingressText(postgresPort, ownRange(world.region));
}
