/** One change of a cluster's Kubernetes version, between two minor versions that follow each other. */
export interface UpgradeStep {
  /** The version that the control plane has: `1.34`. */
  readonly from: string;
  readonly to: string;
  readonly kind: "upgrade" | "rollback";
}
