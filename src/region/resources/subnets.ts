import type { Subnet } from "../../aws/ec2/port.ts";
import type { Operation } from "../../core/operation.ts";
import { blocked, creation, ready, update } from "../../core/resource.ts";
import { part } from "../cidr.ts";
import { namedTags, nameOf, ownTags, type RegionResource, type RegionWorld } from "../world.ts";
import { vpc } from "./vpc.ts";

interface Actual {
  readonly subnets: readonly Subnet[];
  /** The region's available zones. */
  readonly zones: readonly string[];
}

type Kind = "public" | "private";

export interface Subnets {
  /** The existing subnets: `public-1`, `private-1`. */
  readonly subnets: readonly { readonly id: string; readonly name: string; readonly kind: Kind }[];
}

interface Desired {
  readonly name: string;
  readonly kind: Kind;
  readonly cidr: string;
  readonly zone: string | undefined;
  readonly actual: Subnet | undefined;
}

/**
 * Load balancers find their subnets by these tags:
 * https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
 */
const balancerTag = { public: "kubernetes.io/role/elb", private: "kubernetes.io/role/internal-elb" } as const;

/** A public and a private subnet in each zone. Outputs their ids. */
export const subnets: RegionResource<Actual, Subnets> = {
  id: "subnets",
  title: "Subnets",
  needs: [vpc],
  async read({ world, signal }) {
    const ec2 = await world.aws.service("ec2");
    const [found, zones] = await Promise.all([ec2.subnets(ownTags(world), signal), ec2.zones(signal)]);
    return { subnets: found.toSorted((a, b) => (a.cidr < b.cidr ? -1 : 1)), zones };
  },
  diff(actual, { world }) {
    const all = desired(actual, world);
    const short = all.find((each) => each.zone === undefined);
    if (short !== undefined) {
      const { zones } = world.region.network;
      return blocked(`${world.region.awsRegion} has ${actual.zones.length} zones, but gennet.yaml requires ${zones}`);
    }
    return { operations: all.flatMap(operationOn) };
  },
  async apply(actual, at) {
    const { world, signal } = at;
    const ec2 = await world.aws.service("ec2");
    for (const each of desired(actual, world)) {
      const tags = { ...namedTags(world, each.name), [balancerTag[each.kind]]: "1" };
      const id =
        each.actual?.id ?? (await ec2.createSubnet(at.required(vpc), each.cidr, each.zone ?? "", tags, signal));
      const assigns = each.actual?.assignsPublicIps ?? false;
      if (each.kind === "public" && !assigns) await ec2.assignPublicIps(id, signal);
    }
  },
  ready(actual) {
    const late = actual.subnets.find((subnet) => subnet.state !== "available");
    if (late === undefined) return ready;
    // A subnet that failed stays: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html
    return late.state.startsWith("failed")
      ? { state: "failed", reason: `subnet ${late.id} is ${late.state}; delete it, then run this again` }
      : { state: "waiting", detail: late.state };
  },
  output(actual) {
    if (actual.subnets.length === 0) return undefined;
    const of = (kind: Kind): Subnets["subnets"] =>
      actual.subnets
        .filter((subnet) => balancerTag[kind] in subnet.tags)
        .map(({ id, tags }) => ({ id, kind, name: /(public|private)-\d+$/.exec(tags["Name"] ?? "")?.[0] ?? id }));
    return { subnets: [...of("public"), ...of("private")] };
  },
};

const publicAddresses = "public addresses";

function operationOn({ name, kind, cidr, zone = "", actual }: Desired): readonly Operation[] {
  const isPublic = kind === "public";
  if (actual === undefined) return [creation(name, { range: cidr, zone, [publicAddresses]: isPublic })];
  return isPublic && !actual.assignsPublicIps ? [update(name, publicAddresses, true)] : [];
}

/**
 * Returns the subnets that should exist. Each block is an eighth of the VPC, public ones first, so that adding zones
 * never moves existing subnets.
 */
function desired(actual: Actual, world: RegionWorld): readonly Desired[] {
  const byName = new Map(actual.subnets.map((subnet) => [subnet.tags["Name"], subnet]));
  const find = (name: string): Subnet | undefined => byName.get(nameOf(world, name));
  const { zones: wanted } = world.region.network;
  const zones = chosenZones(actual, typeof wanted === "number" ? wanted : wanted.length, find);
  return (["public", "private"] as const).flatMap((kind, half) =>
    zones.map((zone, index) => {
      const name = `${kind}-${index + 1}`;
      const cidr = part(world.region.network.cidr, 3, half * 4 + index);
      return { name, kind, cidr, zone, actual: find(name) };
    }),
  );
}

/** Chooses zones. A zone that has one of our subnets stays chosen, even if the list of zones changes later. */
function chosenZones(
  actual: Actual,
  count: number,
  find: (name: string) => Subnet | undefined,
): readonly (string | undefined)[] {
  const held = Array.from({ length: count }, (_, index) => {
    return (find(`public-${index + 1}`) ?? find(`private-${index + 1}`))?.zone;
  });
  const free = actual.zones.filter((zone) => !held.includes(zone));
  return held.map((zone) => zone ?? free.shift());
}
