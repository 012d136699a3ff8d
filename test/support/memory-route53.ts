import type { Certificate } from "../../src/aws/acm/port.ts";
import type { DnsRecord, HostedZone, Route53 } from "../../src/aws/route53/port.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";

export interface MemoryZone extends HostedZone {
  tags: HostedZone["tags"];
  records: readonly DnsRecord[];
}

/** The zones of an account, with the certificates of its regions, which are validated by the zones' records. */
export interface MemoryZones {
  readonly zones: MemoryZone[];
  /** The caller references of all requests, also of zones that were deleted. */
  readonly references: Set<string>;
  /** By ARN. */
  readonly certificates: Map<string, Certificate>;
}

export function memoryZones(): MemoryZones {
  return { zones: [], references: new Set(), certificates: new Map() };
}

/** In-memory Route 53, as its API reference describes it: https://docs.aws.amazon.com/Route53/latest/APIReference */
export function memoryRoute53({ zones, references }: MemoryZones, { change }: AwsChanges): Route53 {
  const known = (action: string, id: string): MemoryZone =>
    zones.find((zone) => zone.id === id) ?? refuse(action, "NoSuchHostedZone", `No hosted zone found with ID: ${id}`);
  const shown = ({ id, name, isPrivate, callerReference, tags }: MemoryZone): HostedZone => ({
    id,
    name,
    isPrivate,
    callerReference,
    tags,
  });
  return {
    hostedZone: async (id) => zones.filter((zone) => zone.id === id).map(shown)[0],
    hostedZones: async (domain) => zones.filter(({ name }) => name === domain).map(shown),
    createHostedZone: (domain, owner) =>
      change(() => {
        const callerReference = `${owner}${references.size}`;
        const action = "Route53 CreateHostedZone";
        demand(callerReference.length <= 128, action, "InvalidInput", "the caller reference is too long");
        references.add(callerReference);
        const own = (type: string): DnsRecord => ({ name: domain, type, ttl: 900, values: ["ns.example"] });
        const id = `Z${references.size}`;
        zones.push({ id, name: domain, isPrivate: false, callerReference, tags: {}, records: [own("NS"), own("SOA")] });
        return id;
      }),
    tagHostedZone: (id, tags) =>
      change(() => {
        const zone = known("Route53 ChangeTagsForResource", id);
        demandTags("Route53 ChangeTagsForResource", tags);
        zone.tags = { ...zone.tags, ...tags };
      }),
    deleteHostedZone: (id) =>
      change(() => {
        const at = zones.findIndex((zone) => zone.id === id);
        if (at < 0) return;
        const left = zones[at]?.records.length ?? 0;
        const why = "The specified hosted zone contains non-required resource record sets";
        demand(left <= 2, "Route53 DeleteHostedZone", "HostedZoneNotEmpty", why);
        zones.splice(at, 1);
      }),
    records: async (id) => known("Route53 ListResourceRecordSets", id).records,
    putRecord: (id, record) =>
      change(() => {
        const action = "Route53 ChangeResourceRecordSets";
        const zone = known(action, id);
        const within = record.name === zone.name || record.name.endsWith(`.${zone.name}`);
        demand(within, action, "InvalidChangeBatch", `${record.name} is not permitted in zone ${zone.name}`);
        const others = zone.records.filter(({ name, type }) => name !== record.name || type !== record.type);
        const clash = others.some(({ name }) => name === record.name) && record.type === "CNAME";
        demand(!clash, action, "InvalidChangeBatch", "a CNAME cannot be beside another record");
        zone.records = [...others, record];
      }),
    deleteRecord: (id, record) =>
      change(() => {
        const action = "Route53 ChangeResourceRecordSets";
        const zone = known(action, id);
        const same = (each: DnsRecord): boolean => JSON.stringify(each) === JSON.stringify(record);
        demand(zone.records.some(same), action, "InvalidChangeBatch", "the record does not match");
        zone.records = zone.records.filter((each) => !same(each));
      }),
  };
}
