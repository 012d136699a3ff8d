export interface Quota {
  /** AWS's name: `VPCs per Region`. */
  readonly name: string;
  readonly value: number;
}

/** What is counted in an account and AWS region, to compare it with a quota. */
export type Counted =
  | "vpcs"
  | "internet-gateways"
  | "addresses"
  | "nat-gateways-in-a-zone"
  | "peerings-of-a-vpc"
  | "standard-vcpus"
  | "clusters"
  | "node-groups-in-a-cluster"
  | "db-clusters"
  | "db-instances"
  | "cache-nodes"
  | "application-load-balancers"
  | "network-load-balancers"
  | "target-groups";

/** Quotas of one account in one AWS region, and how much of them is used. */
export interface Quotas {
  /** Returns the applied quota, or AWS's default for it; undefined if AWS has no quota of this code here. */
  quota(service: string, code: string, signal: AbortSignal): Promise<Quota | undefined>;
  /**
   * Counts what exists, by asking its own service: Service Quotas knows the use of few quotas. NAT gateways are those of
   * the zone that has the most, active peering connections those of the VPC that has the most, node groups those of
   * `cluster`.
   */
  used(what: Counted, cluster: string, signal: AbortSignal): Promise<number>;
}
