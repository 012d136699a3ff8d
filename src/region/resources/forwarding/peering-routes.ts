import type { PeeringRoute, RouteTable } from "../../../aws/ec2/port.ts";
import { creation, type NeededOutputs, ready, type ResourceContext, update } from "../../../core/resource.ts";
import { canonical } from "../../cidr.ts";
import { deletions } from "../../differences.ts";
import { resourceIn } from "../../ec2-tags.ts";
import { isPrimary } from "../../primary-region.ts";
import { nameOf, type RegionResource, type RegionWorld } from "../../world.ts";
import { privateRoutes } from "../route-table.ts";
import { vpc } from "../vpc.ts";
import { isPeered } from "./forwarding-facts.ts";
import { peeringAcceptance } from "./peering-acceptance.ts";

/** The private route tables of one of the two regions. */
interface Side {
  readonly world: RegionWorld;
  readonly tables: readonly RouteTable[];
  readonly isComplete: boolean;
  /** The range of the other region. */
  readonly range: string;
}

/**
 * The routes between the two VPCs, in the private route tables of both regions: pods and databases are there. Outputs how
 * many there are.
 */
export const peeringRoutes: RegionResource<readonly Side[], number> = {
  id: "peering-routes",
  title: "Routes through the VPC peering",
  needs: [vpc, privateRoutes, peeringAcceptance],
  needsPrimary: [vpc, privateRoutes],
  wanted: isPeered,
  read: async (at) => {
    const { world, primary } = at;
    if (isPrimary(world)) return [];
    return Promise.all([sideOf(world, at, primary.world, at.signal), sideOf(primary.world, primary, world, at.signal)]);
  },
  diff(sides, at) {
    const target = targetIn(at.world);
    if (sides.some(({ isComplete }) => !isComplete)) return { operations: [creation(target)] };
    const connection = at.output(peeringAcceptance);
    const missing = sides.flatMap((side) => missingIn(side, connection));
    return { operations: missing.map(({ name, range }) => update(target, name, range)) };
  },
  async apply(sides, at) {
    const connection = at.required(peeringAcceptance);
    for (const side of sides) {
      const ec2 = await side.world.aws.service("ec2");
      for (const { id, range } of missingIn(side, connection)) await ec2.setRoute(id, range, connection, at.signal);
    }
  },
  ready: () => ready,
  output: (sides) => sides.reduce((sum, { tables }) => sum + tables.length, 0),
  removal: {
    diff: (sides, { world }) => deletions(sides.some((side) => presentIn(side).length > 0) ? [targetIn(world)] : []),
    async apply(sides, { signal }) {
      for (const side of sides) {
        const ec2 = await side.world.aws.service("ec2");
        for (const { id, range } of presentIn(side)) await ec2.removeRoute(id, range, signal);
      }
    },
    gone: (sides) =>
      sides.every((side) => presentIn(side).length === 0) ? ready : { state: "waiting", detail: "still visible" },
  },
};

function targetIn(world: RegionWorld): string {
  return `routes through ${nameOf(world, "peering")}`;
}

/** Reads the tables of a region, which lead to the other one. A region that is not read has none. */
async function sideOf(
  world: RegionWorld,
  { output }: Pick<NeededOutputs, "output">,
  { region: other }: RegionWorld,
  signal: ResourceContext<RegionWorld>["signal"],
): Promise<Side> {
  const range = canonical(other.network.cidr);
  const [vpcId, own] = [output(vpc), output(privateRoutes)];
  if (vpcId === undefined || own === undefined) return { world, tables: [], isComplete: false, range };
  const found = await (await world.aws.service("ec2")).routeTables({ vpcId }, signal);
  return { world, tables: found.filter(({ id }) => own.ids.includes(id)), isComplete: own.isComplete, range };
}

interface TableRoute {
  readonly id: string;
  readonly name: string;
  readonly range: string;
}

function routesIn(
  { world, tables, range }: Side,
  fits: (route: PeeringRoute | undefined) => boolean,
): readonly TableRoute[] {
  return tables
    .filter(({ peeringRoutes: routes }) => fits(routes.find((each) => each.range === range)))
    .map(({ id, tags }) => ({ id, name: nameOf(world, resourceIn(tags) ?? id), range }));
}

/** Returns the tables without a route that leads through the connection. */
function missingIn(side: Side, connection: string | undefined): readonly TableRoute[] {
  return routesIn(side, (route) => route === undefined || route.isBlackhole || route.connectionId !== connection);
}

function presentIn(side: Side): readonly TableRoute[] {
  return routesIn(side, (route) => route !== undefined);
}
