import type { PeeringConnection, PeeringSide } from "../../../aws/ec2/port.ts";
import { hasTags } from "../../../core/has-tags.ts";
import { notVisible, type Readiness, ready, type ResourceContext } from "../../../core/resource.ts";
import { deletions } from "../../differences.ts";
import { identityTags, resourceTags, restoreTags, taggedDifference } from "../../ec2-tags.ts";
import { isPrimary } from "../../primary-region.ts";
import { nameOf, type RegionResource, type RegionWorld, sole } from "../../world.ts";
import { vpc } from "../vpc.ts";
import { isPeered } from "./forwarding-facts.ts";

const name = "peering";

/**
 * What the statuses of a connection mean; one that is not here is waited for. A new request takes the place of one that is
 * over.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
 */
const over: ReadonlySet<string> = new Set(["failed", "expired", "rejected", "deleting", "deleted"]);
const requested: ReadonlySet<string> = new Set(["pending-acceptance", "provisioning", "active"]);

interface FoundPeering {
  readonly live: PeeringConnection | undefined;
  /** Of those that are over, which AWS lists for hours or days, the one that matters most. */
  readonly last: PeeringConnection | undefined;
}

/**
 * The connection of the region's VPC with that of the primary region: this one requests it. Only one can exist between two
 * VPCs, so it is also known without its tags. Outputs the connection once it can be accepted.
 */
export const peering: RegionResource<FoundPeering, PeeringConnection> = {
  id: "peering",
  title: "VPC peering",
  needs: [vpc],
  needsPrimary: [vpc],
  wanted: isPeered,
  async read(at) {
    const own = at.output(vpc);
    // Those of the primary region are the other regions' connections.
    if (own === undefined || isPrimary(at.world)) return { live: undefined, last: undefined };
    const connections = await (await at.world.aws.service("ec2")).peeringConnections(own, at.signal);
    const between = connections.filter((each) => isOurs(each, own, at));
    const found = sole(
      between.filter(({ status }) => !over.has(status)),
      "VPC peering connection",
      at.world,
    );
    const others = between.filter((each) => each !== found);
    const last = ["deleting", "failed"].flatMap((status) => others.find((each) => each.status === status) ?? []);
    return { live: found, last: last[0] ?? others[0] };
  },
  diff({ live: found, last }, { world, primary }) {
    // AWS refused it for a reason that another request would have as well.
    if (found === undefined && last?.status === "failed") return { operations: [] };
    const fields = { with: nameOf(primary.world, "vpc") };
    const tags = resourceTags(world, name);
    return taggedDifference(nameOf(world, name), found && { fields, tags: found.tags }, { fields, tags });
  },
  async apply({ live: found }, at) {
    const { world, primary, signal } = at;
    const ec2 = await world.aws.service("ec2");
    const tags = resourceTags(world, name);
    if (found !== undefined) return restoreTags(ec2, found, tags, signal);
    await ec2.requestPeering(at.required(vpc), sideOf(primary.world, primary.required(vpc)), tags, signal);
  },
  ready: readinessOf,
  output: ({ live: found }) => (requested.has(found?.status ?? "") ? found : undefined),
  removal: {
    diff: ({ live: found }, { world }) => deletions(found === undefined ? [] : [nameOf(world, name)]),
    async apply({ live: found }, { world, signal }) {
      if (found !== undefined) await (await world.aws.service("ec2")).deletePeering(found.id, signal);
    },
    gone({ live: found, last }) {
      const left = found ?? (last?.status === "deleting" ? last : undefined);
      return left === undefined ? ready : { state: "waiting", detail: left.status };
    },
  },
};

/** Whether a connection is the one with the primary region's VPC; without that region, its tags decide. */
function isOurs(
  { requester, accepter, tags }: PeeringConnection,
  own: string,
  at: ResourceContext<RegionWorld>,
): boolean {
  const peer = at.primary.output(vpc);
  if (peer === undefined) return hasTags(tags, identityTags(at.world, name));
  const sides = [requester, accepter];
  return sides.some(isVpc(at.world, own)) && sides.some(isVpc(at.primary.world, peer));
}

/** Returns whether a side of a connection is a region's VPC. */
export function isVpc({ region }: RegionWorld, vpcId: string | undefined): (side: PeeringSide) => boolean {
  return (side) => side.vpcId === vpcId && side.awsRegion === region.awsRegion;
}

function sideOf({ region }: RegionWorld, vpcId: string): PeeringSide {
  return { vpcId, awsRegion: region.awsRegion, accountId: region.accountId };
}

function readinessOf({ live: found, last }: FoundPeering): Readiness {
  if (found !== undefined) return requested.has(found.status) ? ready : { state: "waiting", detail: found.status };
  if (last === undefined) return notVisible;
  if (last.status !== "failed") return { state: "waiting", detail: last.status };
  return {
    state: "failed",
    reason: `AWS could not connect the VPCs: ${last.message}. It forgets that within two hours`,
  };
}
