import type { PeeringConnection, PeeringSide } from "../../src/aws/ec2/port.ts";
import type { PeeringPort } from "../../src/aws/ec2/peering.ts";
import { rangesOverlap } from "../../src/core/ip-range.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { Made } from "./memory-things.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The peering connections of an account, and the networks of its regions. */
export interface MemoryPeerings {
  readonly connections: Mutable<PeeringConnection>[];
  readonly networks: Map<string, readonly Made[]>;
}

export function memoryPeerings(): MemoryPeerings {
  return { connections: [], networks: new Map() };
}

const over: ReadonlySet<string> = new Set(["failed", "expired", "rejected", "deleting", "deleted"]);

/** Whether traffic passes. */
export function isActive({ connections }: MemoryPeerings, id: string): boolean {
  return connections.some((each) => each.id === id && each.status === "active");
}

/** Whether a VPC has a connection that is not over. */
export function isPeering({ connections }: MemoryPeerings, awsRegion: string, vpcId: string): boolean {
  return connections.some((each) => !over.has(each.status) && sidesOf(each).some(isAt({ awsRegion, vpcId })));
}

/**
 * In-memory VPC peering, which shows each change of status once it was read often enough.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
 */
export function memoryPeering(
  { awsRegion, accountId }: Pick<AwsTarget, "awsRegion" | "accountId">,
  things: readonly Made[],
  peerings: MemoryPeerings,
  { change, begin, isReady }: AwsChanges,
): PeeringPort {
  const { connections, networks } = peerings;
  networks.set(awsRegion, things);
  const next: Readonly<Record<string, string>> = {
    "initiating-request": "pending-acceptance",
    provisioning: "active",
    deleting: "deleted",
  };
  const settle = (connection: Mutable<PeeringConnection>): PeeringConnection => {
    const following = next[connection.status];
    if (following !== undefined && isReady(connection.id)) connection.status = following;
    return { ...connection };
  };
  const vpcOf = (action: string, side: PeeringSide): Made =>
    networks.get(side.awsRegion)?.find(({ kind, id }) => kind === "vpc" && id === side.vpcId) ??
    refuse(action, "InvalidVpcID.NotFound", `The vpc ID '${side.vpcId}' does not exist`);
  const known = (action: string, id: string): Mutable<PeeringConnection> =>
    connections.find((each) => each.id === id && sidesOf(each).some((side) => side.awsRegion === awsRegion)) ??
    refuse(action, "InvalidVpcPeeringConnectionID.NotFound", `The vpcPeeringConnection ID '${id}' does not exist`);

  return {
    peeringConnections: async (vpcId) =>
      connections.filter((each) => sidesOf(each).some(isAt({ awsRegion, vpcId }))).map(settle),
    requestPeering: (vpcId, peer, tags) =>
      change(() => {
        const action = "EC2 CreateVpcPeeringConnection";
        demandTags(action, tags);
        const requester = { vpcId, awsRegion, accountId };
        const ranges = [requester, peer].map((side) => String(vpcOf(action, side).facts["cidr"]));
        const doubled = connections.some(
          (each) => !over.has(each.status) && [requester, peer].every((side) => sidesOf(each).some(isAt(side))),
        );
        const code = "VpcPeeringConnectionAlreadyExists";
        demand(!doubled, action, code, "A VPC peering connection between the VPCs already exists");
        const id = `pcx-${connections.length + 1}`;
        const failed = rangesOverlap(ranges[0] ?? "", ranges[1] ?? "");
        const status = failed ? "failed" : "initiating-request";
        const message = failed ? "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range" : status;
        connections.push({ id, status, message, requester, accepter: peer, tags });
        begin(id);
        return id;
      }),
    acceptPeering: (id) =>
      change(() => {
        const action = "EC2 AcceptVpcPeeringConnection";
        const connection = known(action, id);
        // The adapter takes that for the result of an earlier call.
        if (["provisioning", "active"].includes(connection.status)) return;
        const { accepter, status } = connection;
        const fits = accepter.awsRegion === awsRegion && accepter.accountId === accountId;
        const other = `Please accept the request in ${accepter.awsRegion}`;
        demand(fits, action, "OperationNotPermitted", other);
        const why = `VPC peering connection ${id} is in the status ${status}`;
        demand(status === "pending-acceptance", action, "InvalidStateTransition", why);
        connection.status = "provisioning";
        begin(id);
      }),
    deletePeering: async (id) => {
      const connection = connections.find((each) => each.id === id);
      if (connection === undefined || over.has(connection.status)) return;
      await change(() => {
        known("EC2 DeleteVpcPeeringConnection", id).status = "deleting";
        begin(id);
      });
    },
  };
}

function sidesOf({ requester, accepter }: PeeringConnection): readonly PeeringSide[] {
  return [requester, accepter];
}

function isAt({ awsRegion, vpcId }: Omit<PeeringSide, "accountId">): (side: PeeringSide) => boolean {
  return (side) => side.awsRegion === awsRegion && side.vpcId === vpcId;
}
