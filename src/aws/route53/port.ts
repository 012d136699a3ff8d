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
  tagHostedZone(id: string, tags: Tags, signal: AbortSignal): Promise<void>;
  /** Deletes a zone that has no records but its own NS and SOA. */
  deleteHostedZone(id: string, signal: AbortSignal): Promise<void>;
  records(zoneId: string, signal: AbortSignal): Promise<readonly DnsRecord[]>;
  /** Creates or replaces a record. */
  putRecord(zoneId: string, record: DnsRecord, signal: AbortSignal): Promise<void>;
  /** Deletes a record, which must be exactly the existing one. */
  deleteRecord(zoneId: string, record: DnsRecord, signal: AbortSignal): Promise<void>;
}
