import {
  AssociateVPCWithHostedZoneCommand,
  CreateVPCAssociationAuthorizationCommand,
  DeleteVPCAssociationAuthorizationCommand,
  DisassociateVPCFromHostedZoneCommand,
  ListHostedZonesByVPCCommand,
  type ListHostedZonesByVPCResponse,
  type Route53Client,
  type VPC,
  type VPCRegion,
} from "@aws-sdk/client-route-53";
import { AppError } from "../../core/error.ts";
import type { Calls } from "../calls.ts";
import type { Route53, ZoneVpc } from "./port.ts";
import { withoutDot } from "./names.ts";

type ZoneVpcPort = Pick<Route53, "zonesOf" | "authorizeVpc" | "endAuthorization" | "associateVpc" | "disassociateVpc">;

/** Returns the calls for the VPCs of private zones. */
export function zoneVpcCalls(client: Route53Client, { call, all }: Pick<Calls, "call" | "all">): ZoneVpcPort {
  const port: ZoneVpcPort = {
    zonesOf: (vpc, signal) =>
      all(
        signal,
        (options) => zonePages(client, vpc, options.abortSignal),
        (page) =>
          page.HostedZoneSummaries?.map(({ HostedZoneId = "", Name }) => ({
            id: HostedZoneId,
            name: withoutDot(Name),
          })),
      ),

    // The same request again changes nothing.
    async authorizeVpc(zoneId, vpc, signal) {
      const command = new CreateVPCAssociationAuthorizationCommand({ HostedZoneId: zoneId, VPC: toVpc(vpc) });
      await call(signal, (options) => client.send(command, options));
    },

    async endAuthorization(zoneId, vpc, signal) {
      const command = new DeleteVPCAssociationAuthorizationCommand({ HostedZoneId: zoneId, VPC: toVpc(vpc) });
      await unless(["VPCAssociationAuthorizationNotFound", "NoSuchHostedZone"], () =>
        call(signal, (options) => client.send(command, options)),
      );
    },

    async associateVpc(zoneId, vpc, signal) {
      const command = new AssociateVPCWithHostedZoneCommand({ HostedZoneId: zoneId, VPC: toVpc(vpc) });
      try {
        await call(signal, (options) => client.send(command, options));
      } catch (error) {
        // A retry of a call whose response was lost conflicts with its own result.
        if (!isNamed(error, ["ConflictingDomainExists"])) throw error;
        if (!(await port.zonesOf(vpc, signal)).some(({ id }) => id === zoneId)) throw error;
      }
    },

    async disassociateVpc(zoneId, vpc, signal) {
      const command = new DisassociateVPCFromHostedZoneCommand({ HostedZoneId: zoneId, VPC: toVpc(vpc) });
      await unless(["VPCAssociationNotFound", "NoSuchHostedZone"], () =>
        call(signal, (options) => client.send(command, options)),
      );
    },
  };
  return port;
}

export function toVpc({ vpcId, awsRegion }: ZoneVpc): VPC {
  return { VPCId: vpcId, VPCRegion: awsRegion as VPCRegion };
}

/** The SDK has no paginator for these. */
async function* zonePages(
  client: Route53Client,
  { vpcId, awsRegion }: ZoneVpc,
  abortSignal: AbortSignal,
): AsyncGenerator<ListHostedZonesByVPCResponse> {
  let next: string | undefined;
  do {
    const input = { VPCId: vpcId, VPCRegion: awsRegion as VPCRegion, ...(next && { NextToken: next }) };
    const page = await client.send(new ListHostedZonesByVPCCommand(input), { abortSignal });
    yield page;
    next = page.NextToken;
  } while (next !== undefined);
}

function isNamed(error: unknown, names: readonly string[]): boolean {
  const cause = error instanceof AppError ? error.cause : undefined;
  return cause instanceof Error && names.includes(cause.name);
}

/** Makes a call that removes something; what is not there any more is removed. */
async function unless(absent: readonly string[], remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!isNamed(error, absent)) throw error;
  }
}
