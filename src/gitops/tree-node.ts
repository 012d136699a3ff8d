import type { HealthStatus, SyncStatus } from "../k8s/argocd/port.ts";

export interface TreeNode {
  readonly kind: string;
  /** The API group; empty for Kubernetes' own core. */
  readonly group: string;
  readonly namespace?: string;
  readonly name: string;
  /** Absent for what is not in Git: what others made of it. */
  readonly sync?: SyncStatus;
  readonly health?: HealthStatus;
  readonly message?: string;
  readonly wave?: number;
  /** Of a hook: when it runs, `PreSync`; `unknown` where no sync that is known ran it. A hook is in Git. */
  readonly hook?: string;
  /** Whether it is no longer in Git, and still in the cluster. */
  readonly requiresPruning?: boolean;
  /** Whether the cluster does not have it, whatever Argo CD last saw. */
  readonly missing?: boolean;
  /** What came of it in the cluster: the pods of a workload. */
  readonly children: readonly TreeNode[];
}
