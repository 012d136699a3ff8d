import type { Ec2, PeeringRoute, RouteTable } from "../../../aws/ec2/port.ts";
import { creation, ready, type ResourceContext, update } from "../../../core/resource.ts";
import { ownRange } from "../../cidr.ts";
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
  readonly place: "own" | "primary";
  readonly tables: readonly (Pick<RouteTable, "id" | "peeringRoutes"> & { readonly name: string })[];
  readonly isComplete: boolean;
  /** The range of the other region. */
  readonly range: string;
}

type At = ResourceContext<RegionWorld>;

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
    if (isPrimary(at.world)) return [];
    return Promise.all([sideOf("own", at), sideOf("primary", at)]);
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
      const ec2 = await ec2Of(side, at);
      for (const { id, range } of missingIn(side, connection)) await ec2.setRoute(id, range, connection, at.signal);
    }
  },
  ready: () => ready,
  output: (sides) => sides.reduce((sum, { tables }) => sum + tables.length, 0),
  removal: {
    diff: (sides, { world }) => deletions(sides.some((side) => presentIn(side).length > 0) ? [targetIn(world)] : []),
    async apply(sides, at) {
      for (const side of sides) {
        const ec2 = await ec2Of(side, at);
        for (const { id, range } of presentIn(side)) await ec2.removeRoute(id, range, at.signal);
      }
    },
    gone: (sides) =>
      sides.every((side) => presentIn(side).length === 0) ? ready : { state: "waiting", detail: "still visible" },
  },
};

function targetIn(world: RegionWorld): string {
  return `routes through ${nameOf(world, "peering")}`;
}

function ec2Of({ place }: Pick<Side, "place">, { world, primary }: At): Promise<Ec2> {
  return (place === "own" ? world : primary.world).aws.service("ec2");
}

/** Reads the tables of a region, which lead to the other one. A region that is not read has none. */
async function sideOf(place: Side["place"], at: At): Promise<Side> {
  const [near, far] = place === "own" ? [at, at.primary] : [at.primary, at];
  const range = ownRange(far.world.region);
  const [vpcId, own] = [near.output(vpc), near.output(privateRoutes)];
  if (vpcId === undefined || own === undefined) return { place, tables: [], isComplete: false, range };
  const found = await (await ec2Of({ place }, at)).routeTables({ vpcId }, at.signal);
  const tables = found
    .filter(({ id }) => own.ids.includes(id))
    .map(({ id, tags, peeringRoutes: routes }) => ({
      id,
      name: nameOf(near.world, resourceIn(tags) ?? id),
      peeringRoutes: routes,
    }));
  return { place, tables, isComplete: own.isComplete, range };
}

interface TableRoute {
  readonly id: string;
  readonly name: string;
  readonly range: string;
}

function routesIn({ tables, range }: Side, fits: (route: PeeringRoute | undefined) => boolean): readonly TableRoute[] {
  return tables
    .filter(({ peeringRoutes: routes }) => fits(routes.find((each) => each.range === range)))
    .map(({ id, name }) => ({ id, name, range }));
}

/** Returns the tables without a route that leads through the connection. */
function missingIn(side: Side, connection: string | undefined): readonly TableRoute[] {
  return routesIn(side, (route) => route === undefined || route.isBlackhole || route.connectionId !== connection);
}

function presentIn(side: Side): readonly TableRoute[] {
  return routesIn(side, (route) => route !== undefined);
}
