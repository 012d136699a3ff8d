import type { Counted } from "../../aws/quotas/port.ts";
import { eksCluster } from "../resources/eks-cluster.ts";
import { internetGateway } from "../resources/internet-gateway.ts";
import { natAddress } from "../resources/nat-gateway.ts";
import { vpc } from "../resources/vpc.ts";

/** A quota that limits how many resources of a kind an account has in an AWS region. */
export interface QuotaRow {
  readonly service: string;
  readonly code: string;
  readonly counted: Counted;
  /** The resource that the plan creates. */
  readonly resource: { readonly id: string };
}

/** https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html */
export const quotaTable: readonly QuotaRow[] = [
  { service: "vpc", code: "L-F678F1CE", counted: "vpcs", resource: vpc },
  { service: "vpc", code: "L-A4707A72", counted: "internet-gateways", resource: internetGateway },
  { service: "ec2", code: "L-0263D0A3", counted: "addresses", resource: natAddress },
  { service: "eks", code: "L-1194D53C", counted: "clusters", resource: eksCluster },
];

/** vCPUs of running on-demand instances of standard families: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html */
export const vcpuQuota = { service: "ec2", code: "L-1216C47A", counted: "standard-vcpus" } as const;
