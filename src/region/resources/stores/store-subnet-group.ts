import type { Tags } from "../../../aws/tags.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import { asDesired, creation, readyIfThere } from "../../../core/resource.ts";
import { ownedOnly } from "../../owned-only.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../../world.ts";
import { formerSubnets } from "../former-subnets.ts";
import { subnetName } from "../subnet-names.ts";
import { subnets } from "../subnets.ts";
import { deletion } from "./deletion.ts";

interface SubnetGroup {
  readonly name: string;
  readonly subnetIds: readonly string[];
  readonly tags: Tags;
}

/** The calls of a service for its subnet groups. */
interface SubnetGroupCalls {
  subnetGroup(name: string, signal: AbortSignal): Promise<SubnetGroup | undefined>;
  createSubnetGroup(group: SubnetGroup, signal: AbortSignal): Promise<void>;
  modifySubnetGroup(name: string, subnetIds: readonly string[], signal: AbortSignal): Promise<void>;
  deleteSubnetGroup(name: string, signal: AbortSignal): Promise<void>;
}

interface SubnetGroupFacts {
  readonly id: string;
  readonly title: string;
  readonly service: "rds" | "elasticache";
  readonly name: (world: RegionWorld) => string;
  readonly wanted: (world: RegionWorld) => boolean;
}

/** The private subnets, as a data store's service knows them. Outputs the group's name. */
export function storeSubnetGroup(facts: SubnetGroupFacts): RegionResource<SubnetGroup | undefined, string> {
  const calls = (world: RegionWorld): Promise<SubnetGroupCalls> => world.aws.service(facts.service);
  return {
    id: facts.id,
    title: facts.title,
    needs: [subnets, formerSubnets],
    wanted: facts.wanted,
    async read({ world, signal }) {
      const group = await (await calls(world)).subnetGroup(facts.name(world), signal);
      return group && ownedOnly(group, `subnet group "${group.name}" of ${facts.service}`, world);
    },
    diff(group, at) {
      const target = `subnet group ${facts.name(at.world)}`;
      if (group === undefined) return { operations: [creation(target)] };
      const own = at.output(subnets);
      if (own === undefined) return asDesired;
      // With the subnets that the same run makes.
      const wanted = own.names.filter((name) => name.startsWith("private-"));
      return differenceOf(target, { subnets: group.subnetIds.map((id) => subnetName(id, own)) }, { subnets: wanted });
    },
    async apply(group, at) {
      const { world, signal } = at;
      const service = await calls(world);
      const name = facts.name(world);
      const subnetIds = at.required(subnets).subnets.flatMap(({ id, kind }) => (kind === "private" ? [id] : []));
      if (group === undefined) return service.createSubnetGroup({ name, subnetIds, tags: ownTags(world) }, signal);
      await service.modifySubnetGroup(name, subnetIds, signal);
    },
    ready: readyIfThere,
    output: (group) => group?.name,
    removal: deletion({
      target: ({ name }) => `subnet group ${name}`,
      delete: async ({ name }, { world, signal }) => (await calls(world)).deleteSubnetGroup(name, signal),
    }),
  };
}
