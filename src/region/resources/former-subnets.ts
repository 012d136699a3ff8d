import { asDesired, blocked, type Difference, ready } from "../../core/resource.ts";
import { hasTags } from "../../core/has-tags.ts";
import { deletions } from "../differences.ts";
import { identityTags, regionTags } from "../ec2-tags.ts";
import { isAbandoned } from "../leftovers.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { eksCluster } from "./eks-cluster.ts";
import { interfaceEndpoints } from "./interface-endpoints.ts";
import { nodeGroup } from "./node-group.ts";
import { privateRoutes, publicRoutes } from "./route-table.ts";
import { s3Endpoint } from "./s3-endpoint.ts";
import { postgresSubnetGroup } from "./stores/postgres-groups.ts";
import { redisSubnetGroup } from "./stores/redis-groups.ts";
import type { FormerSubnets } from "./subnet-names.ts";
import { subnets } from "./subnets.ts";
import { vpc } from "./vpc.ts";

interface Actual extends FormerSubnets {
  /** The NAT gateways in them, which go at the end of a run. */
  readonly gateways: readonly string[];
}

/**
 * The subnets of zones that gennet.yaml does not want any more. They go after everything has left them: the cluster, the
 * endpoints and the subnet groups of databases. Outputs how many are left.
 */
export const formerSubnets: RegionResource<Actual, number> = {
  id: "former-subnets",
  title: "Subnets of former zones",
  needs: [
    vpc,
    subnets,
    publicRoutes,
    privateRoutes,
    s3Endpoint,
    interfaceEndpoints,
    eksCluster,
    nodeGroup,
    postgresSubnetGroup,
    redisSubnetGroup,
  ],
  async read(at) {
    const { world, signal } = at;
    const former = at.output(subnets)?.former;
    const vpcId = at.output(vpc);
    if (former === undefined || vpcId === undefined) return { subnets: [], gateways: [] };
    const ec2 = await world.aws.service("ec2");
    const [found, gateways] = await Promise.all([ec2.subnets({ vpcId }, signal), ec2.natGateways({ vpcId }, signal)]);
    const left = former.subnets.filter(({ id }) => found.some((each) => each.id === id));
    const inside = gateways.filter(
      ({ state, subnetId }) => state !== "deleted" && left.some(({ id }) => id === subnetId),
    );
    return { ...former, subnets: left, gateways: inside.map(({ id }) => id) };
  },
  diff({ subnets: left, heldBy, gateways }): Difference {
    const { operations } = deletions(left.map(({ name }) => name));
    if (operations.length === 0) return asDesired;
    if (heldBy !== undefined) return blocked(heldBy, operations);
    if (gateways.length === 0) return { operations };
    const reason = `${gateways.join(", ")} ${gateways.length === 1 ? "is" : "are"} deleted first, at the end of the run`;
    return { operations, obstacle: { kind: "deferred", reason } };
  },
  async apply({ subnets: left }, { world, signal }) {
    for (const subnet of left) await removeSubnet(subnet, world, signal);
  },
  ready: () => ready,
  output: ({ subnets: left }) => left.length,
};

/** Deletes a subnet with its route table; the table of the public subnets stays. */
async function removeSubnet(
  { id, name, index, vpcId }: FormerSubnets["subnets"][number],
  world: RegionWorld,
  signal: AbortSignal,
): Promise<void> {
  const ec2 = await world.aws.service("ec2");
  const [tables, endpoints, interfaces] = await Promise.all([
    ec2.routeTables({ vpcId }, signal),
    ec2.vpcEndpoints({ vpcId }, signal),
    ec2.networkInterfaces(vpcId, signal),
  ]);
  for (const table of tables) {
    const association = table.associations.find(({ subnetId }) => subnetId === id);
    if (association !== undefined) await ec2.removeAssociation(association.id, signal);
    // A run that was killed may have removed the association already.
    const isOwn = name.startsWith("private-") && hasTags(table.tags, identityTags(world, `private-routes-${index}`));
    if (!isOwn) continue;
    for (const endpoint of endpoints) {
      const isOurs = endpoint.routeTableIds.includes(table.id) && hasTags(endpoint.tags, regionTags(world));
      if (isOurs) await ec2.changeVpcEndpoint(endpoint.id, { removeRouteTableIds: [table.id] }, signal);
    }
    await ec2.deleteRouteTable(table.id, signal);
  }
  for (const each of interfaces) {
    if (each.subnetId === id && isAbandoned(each, world)) await ec2.deleteNetworkInterface(each.id, signal);
  }
  await ec2.deleteSubnet(id, signal);
}
