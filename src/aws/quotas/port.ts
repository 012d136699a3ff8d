export interface Quota {
  /** AWS's name: `VPCs per Region`. */
  readonly name: string;
  readonly value: number;
}

/** What is counted in an account and AWS region, to compare it with a quota. */
export type Counted = "vpcs" | "internet-gateways" | "addresses" | "standard-vcpus" | "clusters" | "db-instances";

/** Quotas of one account in one AWS region, and how much of them is used. */
export interface Quotas {
  /** Returns the applied quota, or AWS's default for it; undefined if AWS has no quota of this code here. */
  quota(service: string, code: string, signal: AbortSignal): Promise<Quota | undefined>;
  /** Counts what exists, by asking its own service: Service Quotas knows the use of few quotas. */
  used(what: Counted, signal: AbortSignal): Promise<number>;
}
