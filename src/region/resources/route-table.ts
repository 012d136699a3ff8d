import type { RouteTable } from "../../aws/ec2/port.ts";
import { type AnyResource, type Provider, creation, ready, update } from "../../core/resource.ts";
import { namedTags, nameOf, type RegionResource, sole, type RegionWorld } from "../world.ts";
import { internetGateway } from "./internet-gateway.ts";
import { natGateway } from "./nat-gateway.ts";
import { subnets } from "./subnets.ts";
import { vpc } from "./vpc.ts";

/** The route table of the public or private subnets. Outputs its id. */
function routeTable(facts: {
  readonly kind: "public" | "private";
  readonly gateway: AnyResource<RegionWorld> & Provider<string>;
}): RegionResource<RouteTable | undefined, string> {
  const name = `${facts.kind}-routes`;
  return {
    id: `${facts.kind}-routes`,
    title: `Routes of the ${facts.kind} subnets`,
    needs: [vpc, subnets, facts.gateway],
    async read({ world, signal }) {
      const tags = namedTags(world, name);
      return sole(await (await world.aws.service("ec2")).routeTables(tags, signal), `${facts.kind} route table`, world);
    },
    diff(actual, at) {
      const target = nameOf(at.world, name);
      const { subnets: members } = at.output(subnets) ?? { subnets: [] };
      const own = members.filter(({ kind }) => kind === facts.kind);
      // Subnets that do not exist yet have to be associated, too.
      const { zones } = at.world.region.network;
      const count = Math.max(typeof zones === "number" ? zones : zones.length, own.length);
      const names = Array.from({ length: count }, (_, index) => `${facts.kind}-${index + 1}`);
      const gateway = facts.gateway.id;
      if (actual === undefined) {
        return { operations: [creation(target, { "0.0.0.0/0": gateway, subnets: names })] };
      }
      const idOf = new Map(own.map((each) => [each.name, each.id]));
      const loose = names.filter((each) => !actual.subnetIds.includes(idOf.get(each) ?? ""));
      return {
        operations: [
          ...(actual.defaultRoute === undefined ? [update(target, "0.0.0.0/0", gateway, "nowhere")] : []),
          ...loose.map((each) => update(target, "subnets", each)),
        ],
      };
    },
    async apply(actual, at) {
      const { world, signal } = at;
      const ec2 = await world.aws.service("ec2");
      const id = actual?.id ?? (await ec2.createRouteTable(at.required(vpc), namedTags(world, name), signal));
      if (actual?.defaultRoute === undefined) await ec2.routeDefault(id, at.required(facts.gateway), signal);
      for (const subnet of at.required(subnets).subnets) {
        const isOurs = subnet.kind === facts.kind && actual?.subnetIds.includes(subnet.id) !== true;
        if (isOurs) await ec2.associateRouteTable(id, subnet.id, signal);
      }
    },
    ready: (actual) => (actual === undefined ? { state: "waiting", detail: "not visible yet" } : ready),
    output: (actual) => actual?.id,
  };
}

export const publicRoutes = routeTable({
  kind: "public",
  gateway: internetGateway,
});

export const privateRoutes = routeTable({
  kind: "private",
  gateway: natGateway,
});
