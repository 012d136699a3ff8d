import { nameOf } from "../world.ts";
import { internetGateway } from "./internet-gateway.ts";
import { gatewayNumbers, gatewayPlace, numbered, zonalGateways } from "./nat-address.ts";
import { natGateways, regionalNatGateway, zonesIn } from "./nat-gateway.ts";
import { privateTable } from "./subnet-names.ts";
import { type DefaultRoute, routes, type RoutesFacts } from "./routes.ts";

/** All public subnets have one table. */
export const publicRoutes = routes({
  kind: "public",
  needs: [internetGateway],
  tableOf: () => "public-routes",
  routeOf: (_table, at) => ({ name: nameOf(at.world, "igw"), id: at.output(internetGateway) }),
});

/** Each private subnet has its own table, so that its zone can have its own NAT gateway, now or later. */
export const privateRoutes = routes({
  kind: "private",
  needs: [...natGateways, regionalNatGateway],
  tableOf: (subnet) => privateTable(placeIn(subnet)),
  routeOf: natRoute,
});

function natRoute(table: string, at: Parameters<RoutesFacts["routeOf"]>[1]): DefaultRoute | undefined {
  const { world } = at;
  if (world.region.network.nat === "regional") {
    return { name: nameOf(world, "regional-nat"), id: at.output(regionalNatGateway) };
  }
  const count = zonalGateways(world);
  if (count === 0) return undefined;
  const place = placeIn(table);
  const zones = zonesIn(at);
  // A zone that has no gateway uses the first one.
  const number = gatewayNumbers.slice(0, count).find((each) => gatewayPlace(each, count, zones) === place) ?? 1;
  const gateway = natGateways[number - 1] as (typeof natGateways)[number];
  return { name: nameOf(world, numbered("nat", number)), id: at.output(gateway) };
}

/** Returns the place in the name of a subnet or a table, which the first one may have without its number. */
function placeIn(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? 1);
}
