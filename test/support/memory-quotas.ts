import type { EksCluster, Nodegroup } from "../../src/aws/eks/port.ts";
import type { Counted, Quota, Quotas } from "../../src/aws/quotas/port.ts";
import type { Made } from "./memory-ec2.ts";
import type { MemoryBalancers } from "./memory-elbv2.ts";
import type { Market } from "./memory-offerings.ts";

/** The default quotas of an account, by `service/code`; tests change them. */
export function defaultQuotas(): Map<string, Quota> {
  return new Map([
    ["vpc/L-F678F1CE", { name: "VPCs per Region", value: 5 }],
    ["vpc/L-A4707A72", { name: "Internet gateways per Region", value: 5 }],
    ["ec2/L-0263D0A3", { name: "EC2-VPC Elastic IPs", value: 5 }],
    ["ec2/L-1216C47A", { name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", value: 64 }],
    ["vpc/L-FE5A380F", { name: "NAT gateways per Availability Zone", value: 5 }],
    ["vpc/L-7E9ECCDB", { name: "Active VPC peering connections per VPC", value: 50 }],
    ["eks/L-1194D53C", { name: "Clusters", value: 100 }],
    ["eks/L-6D54EA21", { name: "Managed node groups per cluster", value: 30 }],
    ["rds/L-7B6409FD", { name: "DB instances", value: 40 }],
    ["rds/L-952B80B8", { name: "DB clusters", value: 40 }],
    ["elasticache/L-DFE45DF3", { name: "Nodes per Region", value: 300 }],
    ["elasticloadbalancing/L-53DA6B97", { name: "Application Load Balancers per Region", value: 50 }],
    ["elasticloadbalancing/L-69A177A2", { name: "Network Load Balancers per Region", value: 50 }],
    ["elasticloadbalancing/L-B22855CB", { name: "Target Groups per Region", value: 3000 }],
  ]);
}

interface Held extends MemoryBalancers {
  readonly quotas: ReadonlyMap<string, Quota>;
  readonly clusters: ReadonlyMap<string, EksCluster>;
  readonly nodegroups: ReadonlyMap<string, Nodegroup>;
}

/** In-memory Service Quotas, and the counts of what there is. */
export function memoryQuotas(
  { quotas, clusters, nodegroups, balancers, targetGroups }: Held,
  things: readonly Made[],
  { instanceTypes }: Market,
): Quotas {
  const made = (kind: string): number => things.filter((thing) => thing.kind === kind).length;
  const counts: Readonly<Record<Counted, () => number>> = {
    vpcs: () => made("vpc"),
    "internet-gateways": () => made("igw"),
    addresses: () => made("eip"),
    clusters: () => clusters.size,
    "db-clusters": () => made("db-cluster"),
    "db-instances": () => made("db"),
    "cache-nodes": () => made("cache"),
    "application-load-balancers": () => balancers.filter(({ kind }) => kind === "application").length,
    "network-load-balancers": () => balancers.filter(({ kind }) => kind === "network").length,
    "target-groups": () => targetGroups.length,
    "node-groups-in-a-cluster": () => nodegroups.size,
    // Those of the account, which memory does not know here.
    "peerings-of-a-vpc": () => 0,
    // Memory has one region's gateways, each in another zone.
    "nat-gateways-in-a-zone": () => Math.min(1, made("nat")),
    "standard-vcpus": () =>
      [...nodegroups.values()].reduce((sum, { scaling, instanceTypes: [type = ""] }) => {
        return sum + scaling.desired * (instanceTypes.get(type) ?? 0);
      }, 0),
  };
  return {
    quota: async (service, code) => quotas.get(`${service}/${code}`),
    used: async (what) => counts[what](),
  };
}
