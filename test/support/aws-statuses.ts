/** Where the statuses of a kind are known from: an enum of AWS's model, or a page, where the model has none. */
export type StatusSource =
  | { readonly service: string; readonly shape: string; readonly answeredInLowerCase?: boolean }
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
  /** Statuses of what AWS still shows, but will delete by itself. */
  readonly gone?: readonly string[];
}

const ec2 = (shape: string): StatusSource => ({ service: "ec2", shape });
const eks = (shape: string): StatusSource => ({ service: "eks", shape });
/** The model has no enum, but lists the statuses in its documentation of the field. */
const elasticache = (shape: string, ...statuses: readonly string[]): StatusSource => ({
  service: "elasticache",
  page: `https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_${shape}.html`,
  statuses,
});

/** All statuses of the page, apart from those of other engines. */
const rdsStatuses: readonly string[] = [
  "available",
  "backing-up",
  "configuring-enhanced-monitoring",
  "configuring-iam-database-auth",
  "configuring-log-exports",
  "converting-to-vpc",
  "creating",
  "delete-precheck",
  "deleting",
  "failed",
  "inaccessible-encryption-credentials",
  "inaccessible-encryption-credentials-recoverable",
  "incompatible-create",
  "incompatible-network",
  "incompatible-option-group",
  "incompatible-parameters",
  "incompatible-restore",
  "insufficient-capacity",
  "maintenance",
  "modifying",
  "moving-to-vpc",
  "rebooting",
  "resetting-master-credentials",
  "renaming",
  "restore-error",
  "starting",
  "stopped",
  "stopping",
  "storage-config-upgrade",
  "storage-full",
  "storage-initialization",
  "storage-optimization",
  "upgrading",
];

/** Neptune's own guide has no list; its clusters are those of the page's API, without what only Aurora has. */
const neptuneStatuses: readonly string[] = [
  "available",
  "backing-up",
  "cloning-failed",
  "creating",
  "deleting",
  "failing-over",
  "inaccessible-encryption-credentials",
  "inaccessible-encryption-credentials-recoverable",
  "maintenance",
  "migrating",
  "migration-failed",
  "modifying",
  "promoting",
  "renaming",
  "starting",
  "stopped",
  "stopping",
  "storage-optimization",
  "update-iam-db-auth",
  "upgrading",
];

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
    waiting: ["pending"],
    failed: ["unavailable", "failed", "failed-insufficient-capacity"],
  },
  {
    kind: "NAT gateway",
    resources: ["nat-gateway", "regional-nat-gateway"],
    source: ec2("NatGatewayState"),
    waiter: "NatGatewayAvailable",
    ready: ["available"],
    // A new gateway takes the place of one that is being deleted.
    waiting: ["pending", "deleting", "deleted"],
    failed: ["failed"],
    gone: ["deleted"],
  },
  {
    kind: "VPC peering connection, as its requester sees it",
    resources: ["peering"],
    source: ec2("VpcPeeringConnectionStateReasonCode"),
    ready: ["pending-acceptance", "provisioning", "active"],
    // A new request takes the place of one that is over.
    waiting: ["initiating-request", "expired", "rejected", "deleting", "deleted"],
    failed: ["failed"],
    gone: ["deleted", "expired", "failed", "rejected"],
  },
  {
    kind: "VPC peering connection, as its accepter sees it",
    resources: ["peering-acceptance"],
    source: ec2("VpcPeeringConnectionStateReasonCode"),
    ready: ["active"],
    waiting: ["initiating-request", "pending-acceptance", "provisioning", "deleting", "deleted"],
    failed: ["failed", "expired", "rejected"],
  },
  {
    kind: "VPC endpoint",
    resources: ["s3-endpoint", "endpoints"],
    source: { service: "ec2", shape: "State", answeredInLowerCase: true },
    ready: ["available"],
    // A new endpoint takes the place of one that is being deleted.
    waiting: ["pendingacceptance", "pending", "partial", "deleting", "deleted"],
    failed: ["rejected", "failed", "expired"],
    gone: ["deleted"],
  },
  {
    kind: "flow log",
    resources: ["flow-log"],
    source: {
      service: "ec2",
      page: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html",
      statuses: ["ACTIVE"],
    },
    ready: ["ACTIVE"],
    waiting: [],
    failed: [],
  },
  {
    kind: "KMS key",
    resources: ["kms-key"],
    source: { service: "kms", shape: "KeyState" },
    ready: ["Enabled"],
    // What gennet ends itself is waited for once it has: it may be shown for a moment longer.
    waiting: ["Creating", "Updating", "Disabled", "PendingDeletion", "PendingReplicaDeletion"],
    failed: ["PendingImport", "Unavailable"],
    gone: ["PendingDeletion", "PendingReplicaDeletion"],
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
    kind: "EKS capability",
    resources: ["argocd-capability"],
    source: eks("CapabilityStatus"),
    ready: ["ACTIVE"],
    // Its health issues are a part of what is reported.
    waiting: ["CREATING", "UPDATING", "DELETING", "DEGRADED"],
    failed: ["CREATE_FAILED", "DELETE_FAILED"],
  },
  {
    kind: "EKS add-on",
    resources: [
      "addon-vpc-cni",
      "addon-kube-proxy",
      "addon-eks-pod-identity-agent",
      "addon-eks-node-monitoring-agent",
      "addon-coredns",
      "addon-metrics-server",
      "addon-aws-ebs-csi-driver",
    ],
    source: eks("AddonStatus"),
    waiter: "AddonActive",
    ready: ["ACTIVE"],
    // CoreDNS is degraded until nodes run it.
    waiting: ["CREATING", "UPDATING", "DELETING", "DEGRADED"],
    failed: ["CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED"],
  },
  {
    kind: "ACM certificate",
    // AWS's waiter looks at the validation of each name instead.
    resources: ["certificate-issued"],
    source: { service: "acm", shape: "CertificateStatus" },
    ready: ["ISSUED"],
    waiting: ["PENDING_VALIDATION"],
    failed: ["INACTIVE", "EXPIRED", "VALIDATION_TIMED_OUT", "REVOKED", "FAILED"],
  },
  {
    kind: "replica of a secret",
    resources: ["postgres-login"],
    source: { service: "secretsmanager", shape: "StatusType" },
    ready: ["InSync"],
    waiting: ["InProgress", "Pending"],
    failed: ["Failed", "Detached"],
  },
  {
    kind: "RDS instance",
    resources: [
      "postgres",
      "postgres-settings",
      "postgres-reboot",
      "postgres-version",
      "neptune-instances",
      "neptune-reboot",
    ],
    source: {
      service: "rds",
      page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status",
      statuses: rdsStatuses,
    },
    waiter: "DBInstanceAvailable",
    // While RDS optimises storage, the instance is fully operational.
    ready: ["available", "storage-optimization"],
    waiting: [
      "backing-up",
      "configuring-enhanced-monitoring",
      "configuring-iam-database-auth",
      "configuring-log-exports",
      "converting-to-vpc",
      "creating",
      "delete-precheck",
      "deleting",
      "maintenance",
      "modifying",
      "moving-to-vpc",
      "rebooting",
      "renaming",
      "resetting-master-credentials",
      "starting",
      "stopping",
      "storage-config-upgrade",
      "storage-initialization",
      "upgrading",
    ],
    failed: [
      "failed",
      "inaccessible-encryption-credentials",
      "inaccessible-encryption-credentials-recoverable",
      "incompatible-create",
      "incompatible-network",
      "incompatible-option-group",
      "incompatible-parameters",
      "incompatible-restore",
      "insufficient-capacity",
      "restore-error",
      "stopped",
      "storage-full",
    ],
  },
  {
    kind: "Neptune cluster",
    resources: ["neptune", "neptune-settings"],
    source: {
      service: "neptune",
      page: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html#Aurora.Status",
      statuses: neptuneStatuses,
    },
    ready: ["available", "storage-optimization"],
    waiting: [
      "backing-up",
      "creating",
      "deleting",
      "failing-over",
      "maintenance",
      "migrating",
      "modifying",
      "promoting",
      "renaming",
      "starting",
      "stopping",
      "update-iam-db-auth",
      "upgrading",
    ],
    failed: [
      "cloning-failed",
      "inaccessible-encryption-credentials",
      "inaccessible-encryption-credentials-recoverable",
      "migration-failed",
      "stopped",
    ],
  },
  {
    kind: "ElastiCache replication group",
    resources: ["redis", "redis-failover", "redis-replicas", "redis-settings", "redis-tls-preferred", "redis-tls"],
    source: elasticache(
      "ReplicationGroup",
      "creating",
      "available",
      "modifying",
      "deleting",
      "create-failed",
      "snapshotting",
    ),
    waiter: "ReplicationGroupAvailable",
    ready: ["available"],
    waiting: ["creating", "modifying", "deleting", "snapshotting"],
    failed: ["create-failed"],
  },
  {
    kind: "ElastiCache user",
    resources: ["redis-users"],
    source: elasticache("User", "active", "modifying", "deleting"),
    ready: ["active"],
    waiting: ["modifying", "deleting"],
    failed: [],
  },
  {
    kind: "ElastiCache user group",
    resources: ["redis-user-group"],
    source: elasticache("UserGroup", "creating", "active", "modifying", "deleting"),
    ready: ["active"],
    waiting: ["creating", "modifying", "deleting"],
    failed: [],
  },
];

/** Resources that read a status, but do not wait for it, and what does. */
export const waitedForElsewhere: Readonly<Record<string, string>> = {
  // Only waits for the record that proves the domain; nothing validates the certificate before that.
  certificate: "certificate-issued",
};
