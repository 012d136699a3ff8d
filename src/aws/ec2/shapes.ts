import type { Filter, ResourceType, Route, TagSpecification } from "@aws-sdk/client-ec2";
import type { Tags } from "../tags.ts";
import { toTags } from "../tags.ts";

export function tagFilters(tags: Tags): Filter[] {
  return Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
}

export function tagged(type: ResourceType, tags: Tags): TagSpecification[] {
  return [{ ResourceType: type, Tags: toTags(tags) }];
}

/** Returns the gateway that 0.0.0.0/0 goes to; a route whose gateway was deleted does not count. */
export function defaultRoute(routes: readonly Route[] | undefined): string | undefined {
  const route = routes?.find((each) => each.DestinationCidrBlock === "0.0.0.0/0" && each.State !== "blackhole");
  return route?.NatGatewayId ?? route?.GatewayId;
}
