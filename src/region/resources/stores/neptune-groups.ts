import type { NeptuneParameterGroup } from "../../../aws/neptune/port.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import { readyIfThere } from "../../../core/resource.ts";
import { ownedOnly } from "../../owned-only.ts";
import { ownTags, type RegionResource } from "../../world.ts";
import { deletion } from "./deletion.ts";
import { neptuneFamily, neptuneId, neptunePort, neptuneSpec, wantsNeptune } from "./neptune-facts.ts";
import { storeSecurityGroup } from "./store-security-group.ts";
import { storeSubnetGroup } from "./store-subnet-group.ts";

export const neptuneSecurityGroup = storeSecurityGroup({
  id: "neptune-security-group",
  title: "Security group of Neptune",
  suffix: "neptune",
  port: neptunePort,
  wanted: wantsNeptune,
});

/** Neptune's subnet groups are RDS's: https://docs.aws.amazon.com/neptune/latest/userguide/limits.html */
export const neptuneSubnetGroup = storeSubnetGroup({
  id: "neptune-subnet-group",
  title: "Subnet group of Neptune",
  service: "rds",
  name: neptuneId,
  wanted: wantsNeptune,
});

/**
 * Requests are logged; what is logged is exported by the cluster.
 * https://docs.aws.amazon.com/neptune/latest/userguide/auditing.html
 */
const parameters = { neptune_enable_audit_log: "1" };

/** The region's own parameters: the default group of a version cannot be changed. Outputs the group's name. */
export const neptuneParameterGroup: RegionResource<NeptuneParameterGroup | undefined, string> = {
  id: "neptune-parameter-group",
  title: "Parameter group of Neptune",
  needs: [],
  wanted: wantsNeptune,
  async read({ world, signal }) {
    const group = await (await world.aws.service("neptune")).parameterGroup(neptuneId(world), signal);
    return group && ownedOnly(group, `DB cluster parameter group "${group.name}"`, world);
  },
  diff(group, { world }) {
    const wanted = { family: neptuneFamily(neptuneSpec(world).version), ...parameters };
    const target = `cluster parameter group ${neptuneId(world)}`;
    return differenceOf(target, group && { family: group.family, ...group.parameters }, wanted, ["family"]);
  },
  async apply(group, { world, signal }) {
    const neptune = await world.aws.service("neptune");
    const name = neptuneId(world);
    const family = neptuneFamily(neptuneSpec(world).version);
    if (group === undefined) await neptune.createParameterGroup({ name, family, tags: ownTags(world) }, signal);
    await neptune.setParameters(name, parameters, signal);
  },
  ready: readyIfThere,
  output: (group) => group?.name,
  removal: deletion({
    target: ({ name }) => `cluster parameter group ${name}`,
    delete: async ({ name }, { world, signal }) =>
      (await world.aws.service("neptune")).deleteParameterGroup(name, signal),
  }),
};
