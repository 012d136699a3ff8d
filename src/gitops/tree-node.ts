import type { HealthStatus, SyncStatus } from "../k8s/argocd/port.ts";

export interface TreeNode {
  readonly kind: string;
  /** The API group; empty for Kubernetes' core group. */
  readonly group: string;
  readonly namespace?: string;
  readonly name: string;
  /** Absent for resources that are not in Git, which other resources created. */
  readonly sync?: SyncStatus;
  readonly health?: HealthStatus;
  readonly message?: string;
  readonly wave?: number;
  /** When a hook runs, such as `PreSync`; `unknown` if no known sync ran it. A hook is in Git. */
  readonly hook?: string;
  /** Whether it is no longer in Git, but still in the cluster. */
  readonly requiresPruning?: boolean;
  /** Whether the cluster lacks it, whatever Argo CD saw last. */
  readonly missing?: boolean;
  /** Its children in the cluster: the pods of a workload. */
  readonly children: readonly TreeNode[];
}
