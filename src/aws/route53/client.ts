import {
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  GetHostedZoneCommand,
  type HostedZone as SdkZone,
  ListHostedZonesByNameCommand,
  ListTagsForResourceCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsResponse,
  type ResourceRecordSet,
  Route53Client,
  type RRType,
} from "@aws-sdk/client-route-53";
import { itemsOf } from "../../core/items-of.ts";
import { callsTo } from "../calls.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";
import { fromTags, toTags } from "../tags.ts";
import type { DnsRecord, HostedZone, Route53, ZoneVpc } from "./port.ts";
import { withoutDot } from "./names.ts";
import { toVpc, zoneVpcCalls } from "./zone-vpcs.ts";

/** Connects to Route 53 through its SDK. */
export function createRoute53(session: Session): Connected<Route53> {
  const client = new Route53Client(session.config());
  nameErrors(client.middlewareStack);
  const { call, find, all } = callsTo(session);
  const whole = async (zone: SdkZone, signal: AbortSignal): Promise<HostedZone> => {
    const id = idOf(zone);
    const input = { ResourceType: "hostedzone" as const, ResourceId: id };
    const answer = await find(signal, (options) => client.send(new ListTagsForResourceCommand(input), options));
    return {
      id,
      name: withoutDot(zone.Name),
      isPrivate: zone.Config?.PrivateZone ?? false,
      callerReference: zone.CallerReference ?? "",
      tags: fromTags(answer?.ResourceTagSet?.Tags),
    };
  };
  const change = async (zoneId: string, action: "UPSERT" | "DELETE", record: DnsRecord, signal: AbortSignal) => {
    const input = {
      HostedZoneId: zoneId,
      ChangeBatch: { Changes: [{ Action: action, ResourceRecordSet: fromRecord(record) }] },
    };
    await call(signal, (options) => client.send(new ChangeResourceRecordSetsCommand(input), options));
  };

  const create = async (domain: string, owner: string, signal: AbortSignal, vpc?: ZoneVpc): Promise<string> => {
    const input = {
      Name: domain,
      CallerReference: `${owner}${session.clock.now()}`,
      HostedZoneConfig: { Comment: "Made by gennet", ...(vpc === undefined ? {} : { PrivateZone: true }) },
      ...(vpc === undefined ? {} : { VPC: toVpc(vpc) }),
    };
    const answer = await call(signal, (options) => client.send(new CreateHostedZoneCommand(input), options));
    return idOf(answer.HostedZone);
  };

  const port: Route53 = {
    async hostedZone(id, signal) {
      const answer = await find(signal, (options) => client.send(new GetHostedZoneCommand({ Id: id }), options));
      return answer?.HostedZone && whole(answer.HostedZone, signal);
    },

    async hostedZones(domain, signal) {
      // Sorted by name, and beginning at this one: a hundred zones of one name are not waited for.
      const input = { DNSName: domain, MaxItems: 100 };
      const answer = await call(signal, (options) => client.send(new ListHostedZonesByNameCommand(input), options));
      const found = (answer.HostedZones ?? []).filter(({ Name }) => withoutDot(Name) === domain);
      return Promise.all(found.map((zone) => whole(zone, signal)));
    },

    createHostedZone: create,
    createPrivateZone: (domain, owner, vpc, signal) => create(domain, owner, signal, vpc),
    ...zoneVpcCalls(client, { call, all }),

    async tagHostedZone(id, tags, signal) {
      const input = { ResourceType: "hostedzone" as const, ResourceId: id, AddTags: toTags(tags) };
      await call(signal, (options) => client.send(new ChangeTagsForResourceCommand(input), options));
    },

    async deleteHostedZone(id, signal) {
      await find(signal, (options) => client.send(new DeleteHostedZoneCommand({ Id: id }), options));
    },

    async records(zoneId, signal) {
      const found = await find(signal, (options) =>
        itemsOf(recordPages(client, zoneId, options.abortSignal), (page) => page.ResourceRecordSets),
      );
      return (found ?? []).map(toRecord);
    },

    putRecord: (zoneId, record, signal) => change(zoneId, "UPSERT", record, signal),
    deleteRecord: (zoneId, record, signal) => change(zoneId, "DELETE", record, signal),
  };
  return { port, close: () => client.destroy() };
}

/** The SDK has no paginator for records. */
async function* recordPages(
  client: Route53Client,
  zoneId: string,
  abortSignal: AbortSignal,
): AsyncGenerator<ListResourceRecordSetsResponse> {
  let next: object = {};
  for (;;) {
    const command = new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, ...next });
    const page = await client.send(command, { abortSignal });
    yield page;
    if (page.IsTruncated !== true) return;
    next = {
      StartRecordName: page.NextRecordName,
      StartRecordType: page.NextRecordType,
      StartRecordIdentifier: page.NextRecordIdentifier,
    };
  }
}

function idOf(zone: SdkZone | undefined): string {
  return (zone?.Id ?? "").replace("/hostedzone/", "");
}

function toRecord({ Name, Type = "A", TTL, ResourceRecords }: ResourceRecordSet): DnsRecord {
  const values = (ResourceRecords ?? []).map(({ Value = "" }) => Value);
  return { name: withoutDot(Name), type: Type, ...(TTL === undefined ? {} : { ttl: TTL }), values };
}

function fromRecord({ name, type, ttl, values }: DnsRecord): ResourceRecordSet {
  return {
    Name: name,
    Type: type as RRType,
    ...(ttl === undefined ? {} : { TTL: ttl }),
    ResourceRecords: values.map((Value) => ({ Value })),
  };
}
