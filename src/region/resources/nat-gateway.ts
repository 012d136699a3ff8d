import type { NatGateway, NewNatGateway } from "../../aws/ec2/port.ts";
import type { Fields } from "../../core/compare-fields.ts";
import { type AnyResource, type Readiness, ready, type ResourceContext, notVisible } from "../../core/resource.ts";
import { deletions } from "../differences.ts";
import { hasTags } from "../../core/has-tags.ts";
import { identityTags, resourceTags, restoreTags, taggedDifference } from "../ec2-tags.ts";
import { onlyInOwnVpc } from "../given.ts";
import { nameOf, type RegionWorld, sole } from "../world.ts";
import { internetGateway } from "./internet-gateway.ts";
import { formerSubnets } from "./former-subnets.ts";
import { gatewayNumbers, gatewayPlace, isAlive, natAddresses, numbered, zonalGateways } from "./nat-address.ts";
import { subnetName } from "./subnet-names.ts";
import { subnets } from "./subnets.ts";
import { inVpc, vpc } from "./vpc.ts";

interface Actual {
  /** The gateway that works, or soon will. */
  readonly alive: NatGateway | undefined;
  /** AWS deletes it within about an hour. */
  readonly failed: readonly NatGateway[];
  readonly isDeleting: boolean;
}

interface GatewayFacts {
  readonly id: string;
  readonly title: string;
  readonly name: string;
  readonly needs: readonly AnyResource<RegionWorld>[];
  wanted(world: RegionWorld): boolean;
  /** Whether a gateway in our VPC that lost its tags is this one. */
  isOurs(gateway: NatGateway, at: ResourceContext<RegionWorld>): boolean;
  /** The fields of the gateway as it should be, or as it is. */
  fields(gateway: NatGateway | undefined, at: ResourceContext<RegionWorld>): Fields;
  request(at: ResourceContext<RegionWorld>): NewNatGateway;
}

/** A NAT gateway. One that failed or was deleted does not count, and is replaced. Outputs its id. */
function gateway(facts: GatewayFacts) {
  const { name } = facts;
  return onlyInOwnVpc<Actual, string>({
    id: facts.id,
    title: facts.title,
    needs: facts.needs,
    wanted: facts.wanted,
    async read(at) {
      const { world, signal } = at;
      const found = await (await world.aws.service("ec2")).natGateways(inVpc(at), signal);
      const own = found.filter(({ tags }) => hasTags(tags, identityTags(world, name)));
      const alive =
        sole(own.filter(isAlive), facts.title, world) ?? found.find((each) => isAlive(each) && facts.isOurs(each, at));
      const failed = own.filter(({ state }) => state === "failed");
      return { alive, failed, isDeleting: own.some(({ state }) => state === "deleting") };
    },
    diff({ alive }, at) {
      const now = alive && { fields: facts.fields(alive, at), tags: alive.tags };
      const desired = { fields: facts.fields(undefined, at), tags: resourceTags(at.world, name) };
      return taggedDifference(nameOf(at.world, name), now, desired, Object.keys(desired.fields));
    },
    async apply({ alive, failed }, at) {
      const { world, signal } = at;
      const ec2 = await world.aws.service("ec2");
      const tags = resourceTags(world, name);
      if (alive !== undefined) return restoreTags(ec2, alive, tags, signal);
      // So that a gateway that fails from now on is the new one.
      for (const { id } of failed) await ec2.deleteNatGateway(id, signal);
      await ec2.createNatGateway(facts.request(at), tags, signal);
    },
    ready: readinessOf,
    output: ({ alive }) => alive?.id,
    removal: {
      diff: ({ alive, failed }, { world }) =>
        deletions(alive === undefined && failed.length === 0 ? [] : [nameOf(world, name)]),
      async apply({ alive, failed }, { world, signal }) {
        const ec2 = await world.aws.service("ec2");
        for (const { id } of [...(alive === undefined ? [] : [alive]), ...failed]) {
          await ec2.deleteNatGateway(id, signal);
        }
      },
      gone: ({ alive, failed, isDeleting }) =>
        alive === undefined && failed.length === 0 && !isDeleting ? ready : { state: "waiting", detail: "deleting" },
    },
  });
}

function readinessOf({ alive, failed }: Actual): Readiness {
  if (alive?.state === "available") return ready;
  if (alive !== undefined) return { state: "waiting", detail: alive.state };
  const [first] = failed;
  if (first === undefined) return notVisible;
  return { state: "failed", reason: first.failure ?? "AWS reports that it failed" };
}

/** A gateway in the public subnet of a zone, with an Elastic IP of ours. */
function zonalGateway(number: number) {
  const address = natAddresses[number - 1] as (typeof natAddresses)[number];
  return gateway({
    id: numbered("nat-gateway", number),
    title: numbered("NAT gateway", number).replace("-", " "),
    name: numbered("nat", number),
    needs: [vpc, subnets, formerSubnets, internetGateway, address],
    wanted: (world) => number <= zonalGateways(world),
    isOurs: ({ addressIds }, at) => addressIds.includes(at.output(address) ?? ""),
    fields(actual, at) {
      const addressName = nameOf(at.world, numbered("nat", number));
      if (actual === undefined) return { subnet: placeOf(number, at), address: addressName, connectivity: "public" };
      const [first = "none"] = actual.addressIds;
      return {
        subnet: actual.subnetId === undefined ? "none" : subnetName(actual.subnetId, at.output(subnets)),
        address: actual.addressIds.includes(at.output(address) ?? "") ? addressName : first,
        connectivity: actual.connectivity,
      };
    },
    request(at) {
      const place = placeOf(number, at);
      const subnet = at.required(subnets).subnets.find(({ name }) => name === place);
      return { mode: "zonal", subnetId: subnet?.id ?? "", addressId: at.required(address) };
    },
  });
}

/** Returns the name of the subnet in which a gateway of this number is. */
function placeOf(number: number, at: ResourceContext<RegionWorld>): string {
  return `public-${gatewayPlace(number, zonalGateways(at.world), zonesIn(at))}`;
}

/** Returns the places that have a zone, as their public subnets show; none as long as nothing exists. */
export function zonesIn(at: ResourceContext<RegionWorld>): readonly number[] {
  return (at.output(subnets)?.names ?? []).flatMap((name) => {
    const [, number] = /^public-(\d+)$/.exec(name) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
}

/** The first one serves all zones in the mode `one`: if its zone fails, nodes lose the internet, but pods keep running. */
export const natGateways = gatewayNumbers.map(zonalGateway);

/**
 * One gateway in all zones, to which AWS adds zones and addresses by itself.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
export const regionalNatGateway = gateway({
  id: "regional-nat-gateway",
  title: "Regional NAT gateway",
  name: "regional-nat",
  needs: [vpc, internetGateway],
  wanted: ({ region }) => region.network.nat === "regional",
  isOurs: ({ mode }) => mode === "regional",
  fields: (actual) =>
    actual === undefined
      ? { mode: "regional", connectivity: "public" }
      : { mode: actual.mode, connectivity: actual.connectivity },
  request: (at) => ({ mode: "regional", vpcId: at.required(vpc) }),
});
