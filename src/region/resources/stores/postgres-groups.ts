import type { DbParameterGroup } from "../../../aws/rds/port.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import { readyIfThere } from "../../../core/resource.ts";
import { ownRange } from "../../cidr.ts";
import { isPrimary, otherRegions, primaryOf } from "../../primary-region.ts";
import { storeName } from "../../store-name.ts";
import { ownedOnly } from "../../owned-only.ts";
import { ownTags, type RegionResource } from "../../world.ts";
import { forwardsWrites, isPeered } from "../forwarding/forwarding-facts.ts";
import { deletion } from "./deletion.ts";
import { familyOf, parameterGroupName, postgresPort, postgresSpec, wantsOwnPostgres } from "./postgres-facts.ts";
import { storeSecurityGroup } from "./store-security-group.ts";
import { storeSubnetGroup } from "./store-subnet-group.ts";

export const postgresSecurityGroup = storeSecurityGroup({
  id: "postgres-security-group",
  title: "Security group of PostgreSQL",
  suffix: "postgres",
  port: postgresPort,
  // After a failover the source is here.
  ranges: (world) => (isPeered(world) ? [ownRange(primaryOf(world))] : []),
  others: (world) => (forwardsWrites(world) && isPrimary(world) ? otherRegions(world).map(ownRange) : []),
  wanted: wantsOwnPostgres,
});

export const postgresSubnetGroup = storeSubnetGroup({
  id: "postgres-subnet-group",
  title: "Subnet group of PostgreSQL",
  service: "rds",
  name: (world) => storeName(world, "postgres", 255),
  wanted: wantsOwnPostgres,
});

/**
 * Connections without TLS are refused.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
 */
const parameters = { "rds.force_ssl": "1" };

/** The region's own parameters: the default group of a version cannot be changed. Outputs the group's name. */
export const postgresParameterGroup: RegionResource<DbParameterGroup | undefined, string> = {
  id: "postgres-parameter-group",
  title: "Parameter group of PostgreSQL",
  needs: [],
  wanted: wantsOwnPostgres,
  async read({ world, signal }) {
    const group = await (await world.aws.service("rds")).parameterGroup(parameterGroupName(world), signal);
    return group && ownedOnly(group, `DB parameter group "${group.name}"`, world);
  },
  diff(group, { world }) {
    const wanted = { family: familyOf(postgresSpec(world).version), ...parameters };
    const target = `parameter group ${parameterGroupName(world)}`;
    return differenceOf(target, group && { family: group.family, ...group.parameters }, wanted, ["family"]);
  },
  async apply(group, { world, signal }) {
    const rds = await world.aws.service("rds");
    const name = parameterGroupName(world);
    const family = familyOf(postgresSpec(world).version);
    if (group === undefined) await rds.createParameterGroup({ name, family, tags: ownTags(world) }, signal);
    await rds.setParameters(name, parameters, signal);
  },
  ready: readyIfThere,
  output: (group) => group?.name,
  removal: deletion({
    target: ({ name }) => `parameter group ${name}`,
    delete: async ({ name }, { world, signal }) => (await world.aws.service("rds")).deleteParameterGroup(name, signal),
  }),
};
