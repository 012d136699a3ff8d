import {
  DescribeAddressesCommand,
  EC2Client,
  type Instance,
  paginateDescribeInstances,
  paginateDescribeInternetGateways,
  paginateDescribeNatGateways,
  paginateDescribeSubnets,
  paginateDescribeVpcPeeringConnections,
  paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";
import { EKSClient, ListNodegroupsCommand, paginateListClusters } from "@aws-sdk/client-eks";
import {
  ElasticLoadBalancingV2Client,
  type LoadBalancer,
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ElastiCacheClient, paginateDescribeCacheClusters } from "@aws-sdk/client-elasticache";
import { paginateDescribeDBClusters, paginateDescribeDBInstances, RDSClient } from "@aws-sdk/client-rds";
import { isStandardFamily } from "../../core/instance-family.ts";
import { callsTo } from "../calls.ts";
import { nameErrors, type Session } from "../session.ts";
import type { Counted, Quotas } from "./port.ts";

type Count = (signal: AbortSignal, cluster: string) => Promise<readonly unknown[]>;

/** Counts resources of an account in one AWS region, no matter what created them. */
export function usage(session: Session): Pick<Quotas, "used"> & { readonly close: () => void } {
  const ec2 = new EC2Client(session.config());
  const eks = new EKSClient(session.config());
  nameErrors(ec2.middlewareStack);
  nameErrors(eks.middlewareStack);
  const rds = new RDSClient(session.config());
  nameErrors(rds.middlewareStack);
  const caches = new ElastiCacheClient(session.config());
  nameErrors(caches.middlewareStack);
  const balancing = new ElasticLoadBalancingV2Client(session.config());
  nameErrors(balancing.middlewareStack);
  const { call, find, all } = callsTo(session);

  const balancersOf = async (type: string, signal: AbortSignal): Promise<readonly LoadBalancer[]> => {
    const found = await all(
      signal,
      (options) => paginateDescribeLoadBalancers({ client: balancing }, {}, options),
      (page) => page.LoadBalancers,
    );
    return found.filter(({ Type }) => Type === type);
  };

  const list: Readonly<Record<Counted, Count>> = {
    vpcs: (signal) =>
      all(
        signal,
        (options) => paginateDescribeVpcs({ client: ec2 }, {}, options),
        (page) => page.Vpcs,
      ),
    "internet-gateways": (signal) =>
      all(
        signal,
        (options) => paginateDescribeInternetGateways({ client: ec2 }, {}, options),
        (page) => page.InternetGateways,
      ),
    addresses: async (signal) =>
      (await call(signal, (options) => ec2.send(new DescribeAddressesCommand({}), options))).Addresses ?? [],
    clusters: (signal) =>
      all(
        signal,
        (options) => paginateListClusters({ client: eks }, {}, options),
        (page) => page.clusters,
      ),
    "db-clusters": (signal) =>
      all(
        signal,
        (options) => paginateDescribeDBClusters({ client: rds }, {}, options),
        (page) => page.DBClusters,
      ),
    "db-instances": (signal) =>
      all(
        signal,
        (options) => paginateDescribeDBInstances({ client: rds }, {}, options),
        (page) => page.DBInstances,
      ),
    "nat-gateways-in-a-zone": async (signal) => {
      const Filter = [{ Name: "state", Values: ["pending", "available"] }];
      const [gateways, subnets] = await Promise.all([
        all(
          signal,
          (options) => paginateDescribeNatGateways({ client: ec2 }, { Filter }, options),
          (page) => page.NatGateways,
        ),
        all(
          signal,
          (options) => paginateDescribeSubnets({ client: ec2 }, {}, options),
          (page) => page.Subnets,
        ),
      ]);
      const zones = new Map(subnets.map(({ SubnetId, AvailabilityZoneId }) => [SubnetId, AvailabilityZoneId]));
      return largest(gateways, ({ SubnetId }) => zones.get(SubnetId));
    },
    "peerings-of-a-vpc": async (signal) => {
      const Filters = [{ Name: "status-code", Values: ["active"] }];
      const connections = await all(
        signal,
        (options) => paginateDescribeVpcPeeringConnections({ client: ec2 }, { Filters }, options),
        (page) => page.VpcPeeringConnections,
      );
      const sides = connections.flatMap(({ RequesterVpcInfo, AccepterVpcInfo }) => [RequesterVpcInfo, AccepterVpcInfo]);
      return largest(sides, (side) => (side?.Region === session.target.awsRegion ? side.VpcId : undefined));
    },
    "node-groups-in-a-cluster": async (signal, cluster) => {
      // One page has 100, which is more than a cluster may have; a cluster that does not exist has none.
      const input = { clusterName: cluster, maxResults: 100 };
      return (await find(signal, (options) => eks.send(new ListNodegroupsCommand(input), options)))?.nodegroups ?? [];
    },
    "cache-nodes": async (signal) => {
      const clusters = await all(
        signal,
        (options) => paginateDescribeCacheClusters({ client: caches }, {}, options),
        (page) => page.CacheClusters,
      );
      return clusters.flatMap(({ NumCacheNodes = 0 }) => Array.from({ length: NumCacheNodes }));
    },
    "application-load-balancers": (signal) => balancersOf("application", signal),
    "network-load-balancers": (signal) => balancersOf("network", signal),
    "target-groups": (signal) =>
      all(
        signal,
        (options) => paginateDescribeTargetGroups({ client: balancing }, {}, options),
        (page) => page.TargetGroups,
      ),
    "standard-vcpus": async (signal) => {
      const Filters = [{ Name: "instance-state-name", Values: ["pending", "running"] }];
      const reservations = await all(
        signal,
        (options) => paginateDescribeInstances({ client: ec2 }, { Filters }, options),
        (page) => page.Reservations,
      );
      return reservations.flatMap(({ Instances = [] }) => Instances.flatMap(standardVcpus));
    },
  };
  return {
    used: async (what, cluster, signal) => (await list[what](signal, cluster)).length,
    close: () => {
      ec2.destroy();
      eks.destroy();
      rds.destroy();
      caches.destroy();
      balancing.destroy();
    },
  };
}

/** Returns the group with the most items, of those that have a key. */
function largest<T>(items: readonly T[], keyOf: (item: T) => string | undefined): readonly T[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].toSorted((one, other) => other.length - one.length)[0] ?? [];
}

/** Returns an item for each vCPU of a standard on-demand instance. */
function standardVcpus({ InstanceType: type, InstanceLifecycle, CpuOptions }: Instance): readonly unknown[] {
  // The lifecycle is absent for on-demand instances; spot instances and capacity blocks have their own quotas.
  if (InstanceLifecycle !== undefined || !isStandardFamily(type ?? "")) return [];
  const vcpus = (CpuOptions?.CoreCount ?? 0) * (CpuOptions?.ThreadsPerCore ?? 0);
  return Array.from({ length: vcpus });
}
