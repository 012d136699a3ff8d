import type { ElasticAddress, NatGateway } from "../../aws/ec2/port.ts";
import type { Tags } from "../../aws/tags.ts";
import { ready, readyIfThere } from "../../core/resource.ts";
import { deletions } from "../differences.ts";
import { foundByTags, identityTags, resourceTags, restoreTags, taggedDifference } from "../ec2-tags.ts";
import { nameOf, type RegionResource, type RegionWorld, sole } from "../world.ts";
import { places } from "../zones.ts";

/** How many zonal NAT gateways gennet.yaml asks for. */
export function zonalGateways({ region }: Pick<RegionWorld, "region">): number {
  const { nat, zones, vpc } = region.network;
  if (vpc !== undefined) return 0;
  if (nat === "zonal") return typeof zones === "number" ? zones : zones.length;
  return nat === "one" ? 1 : 0;
}

/** The numbers of the gateways that a region can have, one for each zone. */
export const gatewayNumbers: readonly number[] = Array.from({ length: places }, (_, index) => index + 1);

/** Whether a gateway works, or will: one that failed or was deleted stays visible for about an hour. */
export function isAlive({ state }: NatGateway): boolean {
  return !["failed", "deleting", "deleted"].includes(state);
}

/**
 * Returns the number of the place in which a zonal gateway is: its own, as long as that place has a zone, and otherwise
 * one that has no gateway. `zones`: the places that have a zone.
 */
export function gatewayPlace(number: number, count: number, zones: readonly number[]): number {
  if (zones.length === 0 || zones.includes(number)) return number;
  const displaced = gatewayNumbers.filter((each) => each <= count && !zones.includes(each));
  return zones.filter((each) => each > count)[displaced.indexOf(number)] ?? number;
}

/** Returns a name without the number for the first one: `nat-gateway`, `nat-gateway-2`. */
export function numbered(name: string, number: number): string {
  return number === 1 ? name : `${name}-${number}`;
}

/** The Elastic IP from which nodes reach the internet through a NAT gateway. Outputs its allocation id. */
function natAddress(number: number): RegionResource<ElasticAddress | undefined, string> {
  const name = numbered("nat", number);
  return {
    id: numbered("nat-address", number),
    title: `Elastic IP of ${numbered("the NAT gateway", number).replace("-", " ")}`,
    needs: [],
    wanted: (world) => number <= zonalGateways(world),
    async read({ world, signal }) {
      const ec2 = await world.aws.service("ec2");
      const list = (tags: Tags): Promise<readonly ElasticAddress[]> => ec2.addresses(tags, signal);
      // Most regions have not all that they could have.
      const isAsked = number <= zonalGateways(world);
      if (!isAsked) return sole(await list(identityTags(world, name)), "Elastic IP", world);
      const through = async (): Promise<ElasticAddress | undefined> => {
        const gateways = await ec2.natGateways({ tags: identityTags(world, name) }, signal);
        const [id] = gateways.filter(isAlive).flatMap(({ addressIds }) => addressIds);
        return id === undefined ? undefined : ec2.address(id, signal);
      };
      return foundByTags({ name, what: "Elastic IP", list, through }, world);
    },
    diff(actual, { world }) {
      const now = actual && { fields: {}, tags: actual.tags };
      return taggedDifference(nameOf(world, name), now, { fields: {}, tags: resourceTags(world, name) });
    },
    async apply(actual, { world, signal }) {
      const ec2 = await world.aws.service("ec2");
      const tags = resourceTags(world, name);
      if (actual === undefined) await ec2.allocateAddress(tags, signal);
      else await restoreTags(ec2, actual, tags, signal);
    },
    ready: readyIfThere,
    output: (actual) => actual?.id,
    removal: {
      diff: (actual, { world }) => deletions(actual === undefined ? [] : [nameOf(world, name)]),
      async apply(actual, { world, signal }) {
        if (actual !== undefined) await (await world.aws.service("ec2")).releaseAddress(actual.id, signal);
      },
      gone: (actual) => (actual === undefined ? ready : { state: "waiting", detail: "still visible" }),
    },
  };
}

export const natAddresses = gatewayNumbers.map(natAddress);
