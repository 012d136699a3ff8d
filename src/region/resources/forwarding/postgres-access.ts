import type { IngressRule } from "../../../aws/ec2/security-groups.ts";
import { ingressText } from "../../../core/ingress-text.ts";
import { asDesired, ready, update } from "../../../core/resource.ts";
import { ownRange } from "../../cidr.ts";
import { isPrimary } from "../../primary-region.ts";
import { nameOf, type RegionResource, type RegionWorld } from "../../world.ts";
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
    const group = isPrimary(world) ? undefined : primary.output(postgresSecurityGroup);
    if (group === undefined) return [];
    const rules = await (await primary.world.aws.service("ec2")).ingressOf([group], signal);
    return rules.filter(({ text }) => text === ruleOf(world));
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
