import type { Filter, ResourceType, Route, Tag, TagSpecification } from "@aws-sdk/client-ec2";
import type { Tags } from "./port.ts";

export function tagFilters(tags: Tags): Filter[] {
  return Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
}

export function tagged(type: ResourceType, tags: Tags): TagSpecification[] {
  return [{ ResourceType: type, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }];
}

export function tagsOf(tags: readonly Tag[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map((tag) => [tag.Key ?? "", tag.Value ?? ""]));
}

/** The gateway that 0.0.0.0/0 goes to; a route whose gateway was deleted counts as none. */
export function defaultRoute(routes: readonly Route[] | undefined): string | undefined {
  const route = routes?.find((each) => each.DestinationCidrBlock === "0.0.0.0/0" && each.State !== "blackhole");
  return route?.NatGatewayId ?? route?.GatewayId;
}
