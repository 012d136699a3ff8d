import type { Ec2, PeeringConnection } from "../../../aws/ec2/port.ts";
import { notVisible, ready, type ResourceContext, update } from "../../../core/resource.ts";
import { nameOf, type RegionResource, type RegionWorld } from "../../world.ts";
import { vpc } from "../vpc.ts";
import { isPeered } from "./forwarding-facts.ts";
import { isVpc, peering } from "./peering.ts";

/** The next run requests another connection. */
const failed: ReadonlySet<string> = new Set(["failed", "expired", "rejected"]);

/**
 * The acceptance of the connection, by the region whose VPC was asked for: the primary one, with its own credentials. It
 * ends with the connection. Outputs the connection's id.
 */
export const peeringAcceptance: RegionResource<PeeringConnection | undefined, string> = {
  id: "peering-acceptance",
  title: "Acceptance of the VPC peering",
  needs: [vpc, peering],
  needsPrimary: [vpc],
  wanted: isPeered,
  async read(at) {
    const requested = at.output(peering);
    if (requested === undefined) return undefined;
    const { vpcId } = requested.accepter;
    const found = await (await accepterIn(requested, at)).peeringConnections(vpcId, at.signal);
    // The other AWS region may not know it yet.
    return found.find(({ id }) => id === requested.id) ?? requested;
  },
  diff(connection, { world }) {
    const isAccepted = connection !== undefined && connection.status !== "pending-acceptance";
    return { operations: isAccepted ? [] : [update(nameOf(world, "peering"), "status", "active")] };
  },
  async apply(connection, at) {
    if (connection !== undefined) await (await accepterIn(connection, at)).acceptPeering(connection.id, at.signal);
  },
  ready(connection) {
    if (connection === undefined) return notVisible;
    if (failed.has(connection.status)) return { state: "failed", reason: `AWS reports ${connection.status}` };
    return connection.status === "active" ? ready : { state: "waiting", detail: connection.status };
  },
  output: (connection) => (connection?.status === "active" ? connection.id : undefined),
};

/** Returns EC2 where the VPC is that was asked for: this region was, if it was primary before. */
async function accepterIn({ accepter }: PeeringConnection, at: ResourceContext<RegionWorld>): Promise<Ec2> {
  const world = isVpc(at.world, at.output(vpc))(accepter) ? at.world : at.primary.world;
  return world.aws.service("ec2");
}
