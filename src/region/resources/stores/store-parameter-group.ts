import type { Tags } from "../../../aws/tags.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import { readyIfThere } from "../../../core/resource.ts";
import { ownedOnly } from "../../owned-only.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../../world.ts";
import { deletion } from "./deletion.ts";

interface ParameterGroup {
  readonly name: string;
  readonly family: string;
  /** The parameters that were set by a user. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

/** The calls of a service for its parameter groups. */
interface ParameterGroupCalls {
  parameterGroup(name: string, signal: AbortSignal): Promise<ParameterGroup | undefined>;
  createParameterGroup(group: Omit<ParameterGroup, "parameters">, signal: AbortSignal): Promise<void>;
  setParameters(name: string, parameters: ParameterGroup["parameters"], signal: AbortSignal): Promise<void>;
  deleteParameterGroup(name: string, signal: AbortSignal): Promise<void>;
}

interface ParameterGroupFacts {
  readonly id: string;
  readonly title: string;
  readonly service: "rds" | "neptune";
  /** What AWS calls it: `DB parameter group`. */
  readonly kind: string;
  readonly name: (world: RegionWorld) => string;
  /** The family of the version in gennet.yaml. */
  readonly family: (world: RegionWorld) => string;
  readonly parameters: ParameterGroup["parameters"];
  readonly wanted: (world: RegionWorld) => boolean;
}

/** The region's own parameters: the default group of a version cannot be changed. Outputs the group's name. */
export function storeParameterGroup(facts: ParameterGroupFacts): RegionResource<ParameterGroup | undefined, string> {
  const calls = (world: RegionWorld): Promise<ParameterGroupCalls> => world.aws.service(facts.service);
  return {
    id: facts.id,
    title: facts.title,
    needs: [],
    wanted: facts.wanted,
    async read({ world, signal }) {
      const group = await (await calls(world)).parameterGroup(facts.name(world), signal);
      return group && ownedOnly(group, `${facts.kind} "${group.name}"`, world);
    },
    diff(group, { world }) {
      const wanted = { family: facts.family(world), ...facts.parameters };
      const target = `parameter group ${facts.name(world)}`;
      return differenceOf(target, group && { family: group.family, ...group.parameters }, wanted, ["family"]);
    },
    async apply(group, { world, signal }) {
      const service = await calls(world);
      const name = facts.name(world);
      const family = facts.family(world);
      if (group === undefined) await service.createParameterGroup({ name, family, tags: ownTags(world) }, signal);
      await service.setParameters(name, facts.parameters, signal);
    },
    ready: readyIfThere,
    output: (group) => group?.name,
    removal: deletion({
      target: ({ name }) => `parameter group ${name}`,
      delete: async ({ name }, { world, signal }) => (await calls(world)).deleteParameterGroup(name, signal),
    }),
  };
}
