import type { NetworkInterface, Subnet } from "../../aws/ec2/port.ts";
import { blocked, type Difference, ready, type ResourceContext } from "../../core/resource.ts";
import { subnetBits } from "../../core/subnet-addresses.ts";
import { part } from "../cidr.ts";
import { together } from "../differences.ts";
import { hasTags } from "../../core/has-tags.ts";
import { identityTags, resourceTags, restoreTags, taggedDifference } from "../ec2-tags.ts";
import { unlessGiven } from "../given.ts";
import { interfaceDeletion, leftInterfaces } from "../leftovers.ts";
import { type RegionResource, type RegionWorld, sole } from "../world.ts";
import { chooseZones, places, type ZoneChoice } from "../zones.ts";
import { balancerTag } from "./balancer-tag.ts";
import { formerPlaces, formerSubnetsOf } from "./former-zones.ts";
import { givenSubnets } from "./given-subnets.ts";
import type { FormerSubnets, SubnetKind, Subnets } from "./subnet-names.ts";
import { inVpc, vpc } from "./vpc.ts";

/** A place for a subnet, whether or not it has one. */
interface Place {
  readonly kind: SubnetKind;
  readonly index: number;
  readonly name: string;
  readonly cidr: string;
  readonly subnet: Subnet | undefined;
}

interface Actual {
  readonly places: readonly Place[];
  readonly choice: ZoneChoice;
  readonly former: FormerSubnets;
  /** The network interfaces that the cluster leaves behind in them; only read to remove them. */
  readonly leftovers: readonly NetworkInterface[];
}

const ownSubnets: RegionResource<Actual, Subnets> = {
  id: "subnets",
  title: "Subnets",
  needs: [vpc],
  async read(at) {
    const { world, signal, removing = false } = at;
    const { awsRegion, network, nodes } = world.region;
    const ec2 = await world.aws.service("ec2");
    const [found, zones, offering] = await Promise.all([
      ec2.subnets(inVpc(at), signal),
      ec2.zones(signal),
      // EKS Auto Mode chooses instance types itself.
      nodes.mode === "auto" ? undefined : ec2.zonesOffering(nodes.instanceType, signal),
    ]);
    const all = placesOf(found, world);
    const held = new Map(
      all.flatMap(({ index, subnet }) => (subnet === undefined ? [] : [[index, subnet.zone] as const])),
    );
    const instances = offering && { instances: { type: nodes.instanceType, zones: offering } };
    // If the whole region goes, they go with the other subnets.
    const gone = removing ? [] : formerPlaces(network.zones, held);
    const left = all.flatMap(({ index, name, subnet }) =>
      subnet !== undefined && gone.includes(index) ? [{ name, index, subnet }] : [],
    );
    return {
      places: all,
      choice: chooseZones(network.zones, held, { awsRegion, zones, ...instances }),
      former: await formerSubnetsOf(left, world, signal),
      leftovers: removing ? await leftoversIn(all, at) : [],
    };
  },
  diff({ places: all, choice, former }, { world }) {
    const differences = all.flatMap((place): (readonly [string, Difference])[] => {
      const zone = choice.zones.get(place.index);
      return zone === undefined || isLeaving(place, former) ? [] : [[place.name, differenceIn(place, zone, world)]];
    });
    const difference = together(differences);
    if (choice.problem === undefined) return difference;
    return blocked(choice.problem, difference.operations);
  },
  async apply({ places: all, choice, former }, at) {
    const { world, signal } = at;
    const ec2 = await world.aws.service("ec2");
    for (const place of all) {
      const { index, kind, name, cidr, subnet } = place;
      const zone = choice.zones.get(index);
      if (zone === undefined || isLeaving(place, former)) continue;
      const tags = tagsOf(name, kind, world);
      const id = subnet?.id ?? (await ec2.createSubnet(at.required(vpc), cidr, zone, tags, signal));
      const assigns = kind === "public";
      if ((subnet?.assignsPublicIps ?? false) !== assigns) await ec2.assignPublicIps(id, assigns, signal);
      if (subnet !== undefined) await restoreTags(ec2, subnet, tags, signal);
    }
  },
  ready({ places: all }) {
    const states = all.flatMap(({ name, subnet }) => (subnet === undefined ? [] : [{ name, state: subnet.state }]));
    const failed = states.find(({ state }) => /^(failed|unavailable)/.test(state));
    if (failed !== undefined) return { state: "failed", reason: `${failed.name} is ${failed.state}` };
    const waiting = states.find(({ state }) => state !== "available");
    return waiting === undefined ? ready : { state: "waiting", detail: `${waiting.name} ${waiting.state}` };
  },
  output({ places: all, choice, former }) {
    const staying = all.filter((place) => !isLeaving(place, former));
    const existing = staying.flatMap(({ kind, name, subnet }) =>
      subnet === undefined ? [] : [{ id: subnet.id, name, kind }],
    );
    if (existing.length === 0) return undefined;
    const names = staying.flatMap(({ index, name }) => (choice.zones.has(index) ? [name] : []));
    return { subnets: existing, names, ...(former.subnets.length === 0 ? {} : { former }) };
  },
  removal: {
    diff: ({ places: all, leftovers }) => ({
      operations: existingOf(all).flatMap(({ name, subnet }) => [
        { verb: "delete", target: name } as const,
        ...leftovers.filter(({ subnetId }) => subnetId === subnet.id).map((each) => interfaceDeletion(each, name)),
      ]),
    }),
    async apply({ places: all, leftovers }, { world, signal }) {
      const ec2 = await world.aws.service("ec2");
      for (const { id } of leftovers) await ec2.deleteNetworkInterface(id, signal);
      for (const { subnet } of existingOf(all)) await ec2.deleteSubnet(subnet.id, signal);
    },
    gone: ({ places: all }) => (existingOf(all).length === 0 ? ready : { state: "waiting", detail: "still visible" }),
  },
};

/** A public and a private subnet in each zone, or those of gennet.yaml. Outputs their ids. */
export const subnets = unlessGiven(ownSubnets, givenSubnets);

/** Whether a place is one of a zone that gennet.yaml no longer asks for, and that nothing keeps; it may be half removed. */
function isLeaving({ index }: Place, { subnets: left, heldBy }: FormerSubnets): boolean {
  return heldBy === undefined && left.some((each) => each.index === index);
}

async function leftoversIn(
  all: readonly Place[],
  at: ResourceContext<RegionWorld>,
): Promise<readonly NetworkInterface[]> {
  const own = existingOf(all).map(({ subnet }) => subnet);
  const [first] = own;
  const ids = own.map(({ id }) => id);
  return first === undefined ? [] : leftInterfaces(first.vpcId, ids, at);
}

function existingOf(all: readonly Place[]): readonly { readonly name: string; readonly subnet: Subnet }[] {
  return all.flatMap(({ name, subnet }) => (subnet === undefined ? [] : [{ name, subnet }]));
}

/**
 * Returns the places for subnets. Each block is an eighth of the VPC, public ones first, so that adding zones never
 * moves existing subnets. A subnet is known by its tags, or by its range if it lost them.
 */
function placesOf(found: readonly Subnet[], world: RegionWorld): readonly Place[] {
  return (["public", "private"] as const).flatMap((kind, half) =>
    Array.from({ length: places }, (_, index) => {
      const name = `${kind}-${index + 1}`;
      const cidr = part(world.region.network.cidr, subnetBits, half * places + index);
      const tagged = found.filter(({ tags }) => hasTags(tags, identityTags(world, name)));
      const subnet = sole(tagged, `subnet ${name}`, world) ?? found.find((each) => each.cidr === cidr);
      return { kind, index: index + 1, name, cidr, subnet };
    }),
  );
}

function differenceIn({ kind, name, cidr, subnet }: Place, zone: string, world: RegionWorld): Difference {
  const addresses = "public addresses";
  const now = subnet && {
    fields: { range: subnet.cidr, zone: subnet.zone, [addresses]: subnet.assignsPublicIps },
    tags: subnet.tags,
  };
  const desired = {
    fields: { range: cidr, zone, [addresses]: kind === "public" },
    tags: tagsOf(name, kind, world),
  };
  return taggedDifference(name, now, desired, ["range", "zone"]);
}

function tagsOf(name: string, kind: SubnetKind, world: RegionWorld): Record<string, string> {
  return { ...resourceTags(world, name), [balancerTag[kind]]: "1" };
}
