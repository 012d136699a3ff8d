import type { Zone } from "../aws/ec2/port.ts";

/**
 * Zones in which EKS has no control planes, by id: a cluster's subnets cannot be there.
 * https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
 */
const withoutControlPlanes: readonly string[] = ["use1-az3", "usw1-az2", "cac1-az3"];

/** Whether EKS has control planes in a zone, by its id. */
export function hasControlPlanes(zone: string): boolean {
  return !withoutControlPlanes.includes(zone);
}

/** What AWS offers. */
export interface ZoneOffer {
  readonly awsRegion: string;
  /** The available zones, in the order in which they are chosen. */
  readonly zones: readonly Zone[];
  /** The instance type of the nodes, and the ids of the zones that have it. */
  readonly instances?: { readonly type: string; readonly zones: readonly string[] };
}

/** A network has as many places for zones as its address range has parts for them. */
export const places = 4;

export interface ZoneChoice {
  /** The id of the zone of each place from 1 to 4; a place may be empty. */
  readonly zones: ReadonlyMap<number, string>;
  /** Why gennet.yaml cannot be fulfilled. */
  readonly problem?: string;
}

/**
 * Chooses zones: as many as gennet.yaml wants, or the ones that it names. A zone that has subnets keeps its place, even
 * if gennet.yaml or AWS's offer changes, because its nodes are there.
 */
export function chooseZones(
  wanted: number | readonly string[],
  held: ReadonlyMap<number, string>,
  offer: ZoneOffer,
): ZoneChoice {
  const taken = [...held.values()];
  const missing =
    typeof wanted === "number"
      ? freeZones(taken, offer).slice(0, Math.max(0, wanted - held.size))
      : wanted.filter((id) => !taken.includes(id));
  const zones = new Map(held);
  for (const id of missing) {
    const place = Array.from({ length: places }, (_, index) => index + 1).find((each) => !zones.has(each));
    if (place === undefined) {
      return { zones, problem: `there is no room for ${id}: its ranges are used by ${taken.join(", ")}` };
    }
    zones.set(place, id);
  }
  const problem = typeof wanted === "number" ? shortage(wanted, zones.size, offer) : unfit(missing, offer);
  return problem === undefined ? { zones } : { zones, problem };
}

function freeZones(taken: readonly string[], offer: ZoneOffer): readonly string[] {
  return offer.zones.map(({ id }) => id).filter((id) => !taken.includes(id) && objection(id, offer) === undefined);
}

function shortage(wanted: number, found: number, offer: ZoneOffer): string | undefined {
  if (found >= wanted) return undefined;
  const objections = offer.zones.flatMap(({ id }) => objection(id, offer) ?? []);
  const why = objections.length === 0 ? "" : ` (${objections.join("; ")})`;
  return `${offer.awsRegion} has ${found} zones for it, but gennet.yaml requires ${wanted}${why}`;
}

function unfit(ids: readonly string[], offer: ZoneOffer): string | undefined {
  return ids.map((id) => objection(id, offer)).find((each) => each !== undefined);
}

/** Returns why a zone cannot have nodes. */
function objection(id: string, { awsRegion, zones, instances }: ZoneOffer): string | undefined {
  const all = zones.map((zone) => zone.id);
  if (!all.includes(id)) return `${id} is no available zone of ${awsRegion}, which has ${all.join(", ")}`;
  if (!hasControlPlanes(id)) return `EKS has no control planes in ${id}`;
  if (instances !== undefined && !instances.zones.includes(id)) return `${id} does not offer ${instances.type}`;
  return undefined;
}
