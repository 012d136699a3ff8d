import type { RouteTable } from "../../aws/port.ts";
import { type AnyStep, type Giver, nothing, ready } from "../../core/step.ts";
import { namedTags, nameOf, type RegionStep, sole, type World } from "../world.ts";
import { internetGateway } from "./internet-gateway.ts";
import { natGateway } from "./nat-gateway.ts";
import { subnets, type Subnets } from "./subnets.ts";
import { vpc } from "./vpc.ts";

/** How subnets of one kind reach the outside. Gives the table's id. */
function routeTable(facts: {
  readonly kind: "public" | "private";
  readonly gateway: AnyStep<World> & Giver<string>;
  readonly members: (subnets: Subnets) => readonly string[];
}): RegionStep<RouteTable | undefined, string> {
  const name = `${facts.kind}-routes`;
  return {
    id: `${facts.kind}-routes`,
    title: `Routes of the ${facts.kind} subnets`,
    scope: "region",
    needs: [vpc, subnets, facts.gateway],
    async read({ world, signal }) {
      const tags = namedTags(world, name);
      return sole(await (await world.aws.ec2()).routeTables(tags, signal), `${facts.kind} route table`, world);
    },
    diff(actual, at) {
      if (actual === undefined) return { action: "create", summary: nameOf(at.world, name), details: [] };
      // Counted by what shall be: subnets that are still to be made have to be associated, too.
      const given = at.output(subnets);
      const members = given === undefined ? [] : facts.members(given);
      const loose =
        Math.max(at.world.region.network.zones, members.length) -
        (members.length - unassociated(actual, members).length);
      const details = [
        ...(actual.defaultRoute === undefined ? ["route 0.0.0.0/0 to the gateway"] : []),
        ...(loose > 0 ? [`associate ${loose} subnets`] : []),
      ];
      return details.length === 0 ? nothing : { action: "update", summary: details.join(", "), details };
    },
    async apply(actual, at) {
      const { world, signal } = at;
      const ec2 = await world.aws.ec2();
      const id = actual?.id ?? (await ec2.createRouteTable(at.required(vpc), namedTags(world, name), signal));
      if (actual?.defaultRoute === undefined) await ec2.routeDefault(id, at.required(facts.gateway), signal);
      for (const subnet of unassociated(actual, facts.members(at.required(subnets)))) {
        await ec2.associateRouteTable(id, subnet, signal);
      }
    },
    ready: (actual) => (actual === undefined ? { state: "waiting", detail: "not visible yet" } : ready),
    output: (actual) => actual?.id,
  };
}

function unassociated(actual: RouteTable | undefined, members: readonly string[]): readonly string[] {
  return members.filter((id) => !actual?.subnetIds.includes(id));
}

export const publicRoutes = routeTable({
  kind: "public",
  gateway: internetGateway,
  members: (given) => given.publicIds,
});

export const privateRoutes = routeTable({
  kind: "private",
  gateway: natGateway,
  members: (given) => given.privateIds,
});
