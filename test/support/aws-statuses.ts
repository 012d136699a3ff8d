/** Where the statuses of a kind are known from: an enum of AWS's model, or a page, where the model has none. */
export type StatusSource =
  | { readonly service: string; readonly shape: string }
  | { readonly service: string; readonly page: string; readonly statuses: readonly string[] };

/** What each status of a kind means for gennet's resource. */
export interface StatusKind {
  readonly kind: string;
  /** The ids of the resources of this kind. */
  readonly resources: readonly string[];
  readonly source: StatusSource;
  /** The waiter of AWS's own tools, if there is one. */
  readonly waiter?: string;
  readonly ready: readonly string[];
  readonly waiting: readonly string[];
  readonly failed: readonly string[];
}

const ec2 = (shape: string): StatusSource => ({ service: "ec2", shape });
const eks = (shape: string): StatusSource => ({ service: "eks", shape });

/** One entry for each kind of AWS resource that gennet waits for. */
export const statusKinds: readonly StatusKind[] = [
  {
    kind: "VPC",
    resources: ["vpc"],
    source: ec2("VpcState"),
    waiter: "VpcAvailable",
    ready: ["available"],
    waiting: ["pending", "deleting"],
    failed: [],
  },
  {
    kind: "subnet",
    resources: ["subnets"],
    source: ec2("SubnetState"),
    waiter: "SubnetAvailable",
    ready: ["available"],
    waiting: ["pending", "unavailable"],
    failed: ["failed", "failed-insufficient-capacity"],
  },
  {
    kind: "NAT gateway",
    resources: ["nat-gateway"],
    source: ec2("NatGatewayState"),
    waiter: "NatGatewayAvailable",
    ready: ["available"],
    // A new gateway takes the place of one that is being deleted.
    waiting: ["pending", "deleting", "deleted"],
    failed: ["failed"],
  },
  {
    kind: "EKS cluster",
    resources: ["cluster"],
    source: eks("ClusterStatus"),
    waiter: "ClusterActive",
    ready: ["ACTIVE"],
    waiting: ["CREATING", "UPDATING", "PENDING", "DELETING"],
    failed: ["FAILED"],
  },
  {
    kind: "EKS node group",
    resources: ["node-group"],
    source: eks("NodegroupStatus"),
    waiter: "NodegroupActive",
    ready: ["ACTIVE"],
    // A degraded group has nodes that EKS may still replace; its health issues are a part of what is reported.
    waiting: ["CREATING", "UPDATING", "DELETING", "DEGRADED"],
    failed: ["CREATE_FAILED", "DELETE_FAILED"],
  },
  {
    kind: "EKS add-on",
    resources: ["addon-vpc-cni", "addon-kube-proxy", "addon-eks-pod-identity-agent", "addon-coredns"],
    source: eks("AddonStatus"),
    waiter: "AddonActive",
    ready: ["ACTIVE"],
    // CoreDNS is degraded until nodes run it.
    waiting: ["CREATING", "UPDATING", "DELETING", "DEGRADED"],
    failed: ["CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED"],
  },
];
