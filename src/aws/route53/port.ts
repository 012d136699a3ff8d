import type { Tags } from "../tags.ts";

export interface HostedZone {
  /** `Z0123456789`. */
  readonly id: string;
  /** Without the dot at its end: `acme.example`. */
  readonly name: string;
  readonly isPrivate: boolean;
  /** What its creator called the request; it never changes, and nothing else is unique about a zone. */
  readonly callerReference: string;
  readonly tags: Tags;
}

/** A VPC in which a private zone is resolved. */
export interface ZoneVpc {
  readonly vpcId: string;
  readonly awsRegion: string;
}

export interface DnsRecord {
  /** Without the dot at its end. */
  readonly name: string;
  /** A, CNAME, NS, SOA, … */
  readonly type: string;
  /** In seconds; absent for an alias. */
  readonly ttl?: number;
  readonly values: readonly string[];
}

/** Route 53, which is the same in every AWS region. Reference: docs.aws.amazon.com/Route53/latest/APIReference */
export interface Route53 {
  hostedZone(id: string, signal: AbortSignal): Promise<HostedZone | undefined>;
  /** Returns all zones of a domain: names are not unique. */
  hostedZones(domain: string, signal: AbortSignal): Promise<readonly HostedZone[]>;
  /**
   * Creates a public zone. Its caller reference is `owner` and the time of the request: Route 53 refuses the reference
   * of a zone that was deleted. Tags are set by another call. Returns the zone's id.
   */
  createHostedZone(domain: string, owner: string, signal: AbortSignal): Promise<string>;
  /** Creates a private zone, as `createHostedZone` does; it has at least one VPC at any time. */
  createPrivateZone(domain: string, owner: string, vpc: ZoneVpc, signal: AbortSignal): Promise<string>;
  /** Returns the private zones that a VPC resolves, whichever account they belong to. */
  zonesOf(vpc: ZoneVpc, signal: AbortSignal): Promise<readonly Pick<HostedZone, "id" | "name">[]>;
  /** Lets the account of a VPC associate it with a zone of this account. */
  authorizeVpc(zoneId: string, vpc: ZoneVpc, signal: AbortSignal): Promise<void>;
  /** Ends that permission; an association stays. */
  endAuthorization(zoneId: string, vpc: ZoneVpc, signal: AbortSignal): Promise<void>;
  associateVpc(zoneId: string, vpc: ZoneVpc, signal: AbortSignal): Promise<void>;
  /** Ends an association, unless it is the zone's last one: that goes with the zone. */
  disassociateVpc(zoneId: string, vpc: ZoneVpc, signal: AbortSignal): Promise<void>;
  tagHostedZone(id: string, tags: Tags, signal: AbortSignal): Promise<void>;
  /** Deletes a zone that has no records but its own NS and SOA. */
  deleteHostedZone(id: string, signal: AbortSignal): Promise<void>;
  /** Returns no records of a zone that does not exist: a list may still have one that was just deleted. */
  records(zoneId: string, signal: AbortSignal): Promise<readonly DnsRecord[]>;
  /** Creates or replaces a record. */
  putRecord(zoneId: string, record: DnsRecord, signal: AbortSignal): Promise<void>;
  /** Deletes a record, which must be exactly the existing one. */
  deleteRecord(zoneId: string, record: DnsRecord, signal: AbortSignal): Promise<void>;
}
