import type { Certificate } from "../../src/aws/acm/port.ts";
import type { DnsRecord, HostedZone, Route53, ZoneVpc } from "../../src/aws/route53/port.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";

export interface MemoryZone extends HostedZone {
  /** Of a private zone: the VPCs that resolve it. */
  vpcs: readonly ZoneVpc[];
  tags: HostedZone["tags"];
  records: readonly DnsRecord[];
}

/** The zones of an account, with the certificates of its regions, which are validated by the zones' records. */
export interface MemoryZones {
  readonly zones: MemoryZone[];
  /** The caller references of all requests, also of zones that were deleted. */
  readonly references: Set<string>;
  /** Which VPCs of other accounts were authorized, and no longer are: `Z1 vpc-1 given`, `Z1 vpc-1 ended`. */
  readonly authorizations: string[];
  /** By ARN. */
  readonly certificates: Map<string, Certificate>;
}

export function memoryZones(): MemoryZones {
  return { zones: [], references: new Set(), authorizations: [], certificates: new Map() };
}

/** In-memory Route 53, as its API reference describes it: https://docs.aws.amazon.com/Route53/latest/APIReference */
export function memoryRoute53({ zones, references, authorizations }: MemoryZones, { change }: AwsChanges): Route53 {
  const known = (action: string, id: string): MemoryZone =>
    zones.find((zone) => zone.id === id) ?? refuse(action, "NoSuchHostedZone", `No hosted zone found with ID: ${id}`);
  const shown = ({ id, name, isPrivate, callerReference, tags }: MemoryZone): HostedZone => ({
    id,
    name,
    isPrivate,
    callerReference,
    tags,
  });
  const create = (domain: string, owner: string, vpcs: readonly ZoneVpc[]): Promise<string> =>
    change(() => {
      const callerReference = `${owner}${references.size}`;
      const action = "Route53 CreateHostedZone";
      demand(callerReference.length <= 128, action, "InvalidInput", "the caller reference is too long");
      for (const vpc of vpcs) demandFree(action, domain, vpc);
      references.add(callerReference);
      const own = (type: string): DnsRecord => ({ name: domain, type, ttl: 900, values: ["ns.example"] });
      const id = `Z${references.size}`;
      const records = [own("NS"), own("SOA")];
      zones.push({ id, name: domain, isPrivate: vpcs.length > 0, callerReference, tags: {}, vpcs, records });
      return id;
    });
  const zonesIn = ({ vpcId, awsRegion }: ZoneVpc): readonly MemoryZone[] =>
    zones.filter(({ vpcs }) => vpcs.some((each) => each.vpcId === vpcId && each.awsRegion === awsRegion));
  /** A VPC resolves one zone of a name. */
  const demandFree = (action: string, domain: string, vpc: ZoneVpc): void => {
    const taken = zonesIn(vpc).some(({ name }) => name === domain);
    const why = `The VPC ${vpc.vpcId} has already been associated with a hosted zone of the same domain name`;
    demand(!taken, action, "ConflictingDomainExists", why);
  };
  return {
    hostedZone: async (id) => zones.filter((zone) => zone.id === id).map(shown)[0],
    hostedZones: async (domain) => zones.filter(({ name }) => name === domain).map(shown),
    createHostedZone: (domain, owner) => create(domain, owner, []),
    createPrivateZone: (domain, owner, vpc) => create(domain, owner, [vpc]),
    zonesOf: async (vpc) => zonesIn(vpc).map(({ id, name }) => ({ id, name })),
    authorizeVpc: (id, { vpcId }) =>
      change(() => {
        known("Route53 CreateVPCAssociationAuthorization", id);
        authorizations.push(`${id} ${vpcId} given`);
      }),
    endAuthorization: (id, { vpcId }) => change(() => void authorizations.push(`${id} ${vpcId} ended`)),
    associateVpc: (id, vpc) =>
      change(() => {
        const action = "Route53 AssociateVPCWithHostedZone";
        const zone = known(action, id);
        demand(zone.isPrivate, action, "PublicZoneVPCAssociation", "a public zone has no VPCs");
        // The adapter takes that for the result of an earlier call.
        if (zonesIn(vpc).includes(zone)) return;
        demandFree(action, zone.name, vpc);
        zone.vpcs = [...zone.vpcs, vpc];
      }),
    disassociateVpc: (id, { vpcId, awsRegion }) =>
      change(() => {
        const zone = zones.find((each) => each.id === id);
        const left = zone?.vpcs.filter((each) => each.vpcId !== vpcId || each.awsRegion !== awsRegion) ?? [];
        if (zone === undefined || left.length === zone.vpcs.length) return;
        const action = "Route53 DisassociateVPCFromHostedZone";
        demand(left.length > 0, action, "LastVPCAssociation", "the last VPC cannot be disassociated");
        zone.vpcs = left;
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
    records: async (id) => zones.find((zone) => zone.id === id)?.records ?? [],
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
