import type { NetworkInterface, RouteTable } from "../../aws/ec2/port.ts";
import { hasTags } from "../../core/has-tags.ts";
import { asDesired, blocked, ready } from "../../core/resource.ts";
import { deletions } from "../differences.ts";
import { identityTags, regionTags } from "../ec2-tags.ts";
import { interfaceDeletion, leftInterfaces } from "../leftovers.ts";
import { nameOf, type RegionResource, type RegionWorld } from "../world.ts";
import { type FormerSubnets, privateTable } from "./subnet-names.ts";
import { subnets } from "./subnets.ts";
import { vpc } from "./vpc.ts";

type FormerSubnet = FormerSubnets["subnets"][number];

interface Actual extends FormerSubnets {
  /** The route tables that only former subnets use. */
  readonly tables: readonly RouteTable[];
  /** What the cluster left behind in them. */
  readonly leftovers: readonly NetworkInterface[];
}

const none: Actual = { subnets: [], tables: [], leftovers: [] };

/**
 * The subnets of zones that gennet.yaml no longer asks for. They are removed like everything that is not wanted: after
 * what is in them has left, or is gone, so everything in a subnet needs this resource.
 */
export const formerSubnets: RegionResource<Actual, true> = {
  id: "former-subnets",
  title: "Subnets of former zones",
  needs: [vpc, subnets],
  wanted: () => false,
  async read(at) {
    const { world, signal } = at;
    const former = at.output(subnets)?.former;
    const [first] = former?.subnets ?? [];
    if (former === undefined || first === undefined) return none;
    const { vpcId } = first;
    const ec2 = await world.aws.service("ec2");
    const found = await ec2.subnets({ vpcId }, signal);
    const left = former.subnets.filter(({ id }) => found.some((each) => each.id === id));
    const own = left.filter(({ name }) => name.startsWith("private-"));
    const all = await ec2.routeTables({ vpcId }, signal);
    const tables = all.filter(({ tags }) =>
      own.some((each) => hasTags(tags, identityTags(world, privateTable(each.index)))),
    );
    const ids = left.map(({ id }) => id);
    return { ...former, subnets: left, tables, leftovers: await leftInterfaces(vpcId, ids, at) };
  },
  diff: () => asDesired,
  apply: async () => undefined,
  ready: () => ready,
  output: () => true,
  removal: {
    diff({ subnets: left, heldBy, tables, leftovers }, { world }) {
      const { operations: routes } = deletions(
        left.flatMap((each) =>
          ownTables(each, tables, world).length === 0 ? [] : [nameOf(world, privateTable(each.index))],
        ),
      );
      const own = left.flatMap(({ id, name }) => [
        { verb: "delete", target: name } as const,
        ...leftovers.filter(({ subnetId }) => subnetId === id).map((each) => interfaceDeletion(each, name)),
      ]);
      const operations = [...routes, ...own];
      if (operations.length === 0) return asDesired;
      return heldBy === undefined ? { operations } : blocked(heldBy.reason, operations, heldBy.next);
    },
    async apply(actual, { world, signal }) {
      for (const subnet of actual.subnets) await removeSubnet(subnet, actual, world, signal);
    },
    gone: ({ subnets: left }) => (left.length === 0 ? ready : { state: "waiting", detail: "still visible" }),
  },
};

function ownTables(subnet: FormerSubnet, tables: readonly RouteTable[], world: RegionWorld): readonly RouteTable[] {
  if (!subnet.name.startsWith("private-")) return [];
  return tables.filter(({ tags }) => hasTags(tags, identityTags(world, privateTable(subnet.index))));
}

/** Deletes the subnet last: a run that is killed before finds what is left by it. */
async function removeSubnet(
  subnet: FormerSubnet,
  { tables, leftovers }: Actual,
  world: RegionWorld,
  signal: AbortSignal,
): Promise<void> {
  const ec2 = await world.aws.service("ec2");
  for (const { id, associations } of ownTables(subnet, tables, world)) {
    const endpoints = await ec2.vpcEndpoints({ vpcId: subnet.vpcId }, signal);
    for (const endpoint of endpoints) {
      const isOwn = endpoint.routeTableIds.includes(id) && hasTags(endpoint.tags, regionTags(world));
      if (isOwn) await ec2.changeVpcEndpoint(endpoint.id, { removeRouteTableIds: [id] }, signal);
    }
    for (const association of associations) await ec2.removeAssociation(association.id, signal);
    await ec2.deleteRouteTable(id, signal);
  }
  for (const { id, subnetId } of leftovers) {
    if (subnetId === subnet.id) await ec2.deleteNetworkInterface(id, signal);
  }
  await ec2.deleteSubnet(subnet.id, signal);
}
