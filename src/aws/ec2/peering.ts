import {
  AcceptVpcPeeringConnectionCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeVpcPeeringConnectionsCommand,
  paginateDescribeVpcPeeringConnections,
  type VpcPeeringConnection,
  type VpcPeeringConnectionVpcInfo,
} from "@aws-sdk/client-ec2";
import { fromTags } from "../tags.ts";
import { type Ec2Calls, unlessDone } from "./calls.ts";
import { notAskedYet } from "./passing.ts";
import type { Ec2, PeeringConnection, PeeringSide } from "./port.ts";
import { tagged } from "./shapes.ts";

export type PeeringPort = Pick<Ec2, "peeringConnections" | "requestPeering" | "acceptPeering" | "deletePeering">;

/** Connections that a request would double: there is one at most between two VPCs. */
const live: ReadonlySet<string> = new Set(["initiating-request", "pending-acceptance", "provisioning", "active"]);

function isLive({ status }: PeeringConnection): boolean {
  return live.has(status);
}

/** Returns the calls for peering connections between VPCs. */
export function peeringCalls({ client, careful, all, call, createdOnce, passed, removed }: Ec2Calls): PeeringPort {
  /** Ignores the error of a retry whose first attempt took effect after all. */
  const unlessNow = (id: string, statuses: readonly string[], signal: AbortSignal) =>
    unlessDone("InvalidStateTransition", async () => {
      const command = new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] });
      const [found] = (await client.send(command, { abortSignal: signal })).VpcPeeringConnections ?? [];
      return statuses.includes(found?.Status?.Code ?? "");
    });

  const port: PeeringPort = {
    async peeringConnections(vpcId, signal) {
      // Filters of one call are all true at once.
      const sides = ["requester", "accepter"].map((side) =>
        all(
          signal,
          (options) =>
            paginateDescribeVpcPeeringConnections(
              { client },
              { Filters: [{ Name: `${side}-vpc-info.vpc-id`, Values: [vpcId] }] },
              options,
            ),
          (page) => page.VpcPeeringConnections,
        ),
      );
      return (await Promise.all(sides)).flat().map(toConnection);
    },

    requestPeering: (vpcId, peer, tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const command = new CreateVpcPeeringConnectionCommand({
            VpcId: vpcId,
            PeerVpcId: peer.vpcId,
            PeerRegion: peer.awsRegion,
            PeerOwnerId: peer.accountId,
            TagSpecifications: tagged("vpc-peering-connection", tags),
          });
          return (await careful.send(command, options)).VpcPeeringConnection?.VpcPeeringConnectionId;
        },
        async () => {
          const found = await port.peeringConnections(vpcId, signal);
          return found.find((each) => isLive(each) && each.accepter.vpcId === peer.vpcId)?.id;
        },
      ),

    async acceptPeering(id, signal) {
      const command = new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id });
      // A request takes a moment to be known in the other AWS region.
      await passed(signal, notAskedYet, () =>
        call(signal, (options) =>
          client.send(command, options).catch(unlessNow(id, ["provisioning", "active"], signal)),
        ),
      );
    },

    deletePeering: (id, signal) =>
      removed(signal, (options) =>
        client
          .send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }), options)
          .catch(unlessNow(id, ["deleting", "deleted"], signal)),
      ),
  };
  return port;
}

function toConnection(connection: VpcPeeringConnection): PeeringConnection {
  const { VpcPeeringConnectionId = "", Status, RequesterVpcInfo, AccepterVpcInfo, Tags } = connection;
  return {
    id: VpcPeeringConnectionId,
    status: Status?.Code ?? "",
    message: Status?.Message ?? "",
    requester: toSide(RequesterVpcInfo),
    accepter: toSide(AccepterVpcInfo),
    tags: fromTags(Tags),
  };
}

function toSide({ VpcId, Region, OwnerId }: VpcPeeringConnectionVpcInfo = {}): PeeringSide {
  return { vpcId: VpcId ?? "", awsRegion: Region ?? "", accountId: OwnerId ?? "" };
}
