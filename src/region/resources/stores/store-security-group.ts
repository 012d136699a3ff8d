import type { IngressRule, SecurityGroup } from "../../../aws/ec2/security-groups.ts";
import { ingressText } from "../../../core/ingress-text.ts";
import { readyIfThere, type ResourceContext } from "../../../core/resource.ts";
import { restoreTags, taggedDifference } from "../../ec2-tags.ts";
import { namedTags, nameOf, type RegionResource, type RegionWorld } from "../../world.ts";
import { groupInVpc } from "../group-in-vpc.ts";
import { rangesIn, vpcRanges } from "../vpc-ranges.ts";
import { vpc } from "../vpc.ts";
import { deletion } from "./deletion.ts";

interface GroupFacts {
  readonly id: string;
  readonly title: string;
  /** The last part of its name. */
  readonly suffix: string;
  readonly port: number;
  /** The ranges that may connect beside the region's own. */
  readonly ranges?: (world: RegionWorld) => readonly string[];
  /** Ranges that may connect because of other regions, which add and remove them. */
  readonly others?: (world: RegionWorld) => readonly string[];
  readonly wanted: (world: RegionWorld) => boolean;
}

/**
 * The security group of a data store: its port can be reached from the region's VPC, where pods have their addresses, from
 * the ranges of its facts, and from nowhere else. Outputs its id.
 */
export function storeSecurityGroup(facts: GroupFacts): RegionResource<SecurityGroup | undefined, string> {
  const ranges = (at: ResourceContext<RegionWorld>): readonly string[] => [
    ...rangesIn(at),
    ...(facts.ranges?.(at.world) ?? []),
  ];
  const rules = (at: ResourceContext<RegionWorld>): readonly string[] =>
    ranges(at).map((range) => ingressText(facts.port, range));
  /** Returns the rules that are the group's own business. */
  const own = ({ ingress }: SecurityGroup, at: ResourceContext<RegionWorld>): readonly IngressRule[] => {
    const others = facts.others?.(at.world).map((range) => ingressText(facts.port, range)) ?? [];
    return ingress.filter(({ text }) => rules(at).includes(text) || !others.includes(text));
  };
  return {
    id: facts.id,
    title: facts.title,
    needs: [vpc, vpcRanges],
    wanted: facts.wanted,
    read: (at) => groupInVpc(facts.suffix, at),
    diff(group, at) {
      const actual = group && { fields: { ingress: own(group, at).map(({ text }) => text) }, tags: group.tags };
      const desired = { fields: { ingress: rules(at) }, tags: namedTags(at.world, facts.suffix) };
      return taggedDifference(nameOf(at.world, facts.suffix), actual, desired);
    },
    async apply(group, at) {
      const { world, signal } = at;
      const ec2 = await world.aws.service("ec2");
      const tags = namedTags(world, facts.suffix);
      const name = nameOf(world, facts.suffix);
      const create = { name, description: facts.title, vpcId: at.required(vpc), tags };
      const id = group?.id ?? (await ec2.createSecurityGroup(create, signal));
      const present = group === undefined ? [] : own(group, at);
      for (const range of ranges(at)) {
        const isAllowed = present.some(({ text }) => text === ingressText(facts.port, range));
        if (!isAllowed) await ec2.allowIngress(id, facts.port, range, signal);
      }
      const foreign = present.filter(({ text }) => !rules(at).includes(text));
      if (foreign.length > 0) {
        const ids = foreign.map((each) => each.id);
        await ec2.revokeIngress(id, ids, signal);
      }
      if (group !== undefined) await restoreTags(ec2, group, tags, signal);
    },
    ready: readyIfThere,
    output: (group) => group?.id,
    removal: deletion({
      target: ({ name }) => name,
      delete: async ({ id }, { world, signal }) => (await world.aws.service("ec2")).deleteSecurityGroup(id, signal),
    }),
  };
}
