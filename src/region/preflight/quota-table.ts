import type { Counted } from "../../aws/quotas/port.ts";
import type { RegionWorld } from "../world.ts";
import { steps } from "./preflight-context.ts";

/** A quota that limits how many resources of a kind an account has in an AWS region. */
export interface QuotaRow {
  readonly service: string;
  readonly code: string;
  readonly counted: Counted;
  /** The resources of this kind. */
  readonly step: RegExp;
  /** How much of the quota these creations take; by default, one each. */
  takes?(creations: number, world: RegionWorld): number;
}

/** https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html */
export const quotaTable: readonly QuotaRow[] = [
  { service: "vpc", code: "L-F678F1CE", counted: "vpcs", step: steps.vpc },
  { service: "vpc", code: "L-A4707A72", counted: "internet-gateways", step: steps.internetGateway },
  { service: "ec2", code: "L-0263D0A3", counted: "addresses", step: steps.natAddress },
  // Each gateway that gennet creates is in another zone.
  { service: "vpc", code: "L-FE5A380F", counted: "nat-gateways-in-a-zone", step: steps.natGateway, takes: () => 1 },
  { service: "vpc", code: "L-7E9ECCDB", counted: "peerings-of-a-vpc", step: steps.peering },
  { service: "eks", code: "L-1194D53C", counted: "clusters", step: steps.cluster },
  { service: "eks", code: "L-6D54EA21", counted: "node-groups-in-a-cluster", step: steps.nodeGroup },
  // Instances and clusters of RDS and Neptune share their quotas.
  { service: "rds", code: "L-7B6409FD", counted: "db-instances", step: steps.database },
  { service: "rds", code: "L-952B80B8", counted: "db-clusters", step: steps.databaseCluster },
  {
    service: "elasticache",
    code: "L-DFE45DF3",
    counted: "cache-nodes",
    step: steps.cache,
    takes: (creations, { platform }) => creations * (1 + (platform.stores.redis?.replicas ?? 0)),
  },
];

/** vCPUs of running on-demand instances of standard families: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html */
export const vcpuQuota = { service: "ec2", code: "L-1216C47A", counted: "standard-vcpus" } as const;
