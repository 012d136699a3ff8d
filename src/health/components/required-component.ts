/** The parts of the platform inside a cluster, each with its check `platform/NAME`. */
export type ComponentName =
  | "argocd"
  | "namespaces"
  | "istio"
  | "external-secrets"
  | "collector"
  | "prometheus"
  | "neo4j"
  | "load-balancer-controller"
  | "cluster-autoscaler";

/**
 * A Deployment, StatefulSet or DaemonSet. Its name may be a pattern, `istiod-*`: then there must be at least one of them.
 */
export interface RequiredWorkload {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  readonly namespace: string;
  readonly name: string;
}

/** A component that gennet.yaml says a cluster must have. */
export interface RequiredComponent {
  readonly name: ComponentName;
  /** Whether gennet installs it; otherwise, the team does, and only whether it is there can be checked. */
  readonly isManaged: boolean;
  /** What runs of it, if gennet installs it; empty if it is configuration only. */
  readonly workloads: readonly RequiredWorkload[];
  /** The names of the Argo CD Applications that install it, in the namespace argocd; some may be patterns. */
  readonly applications: readonly string[];
}

/** What a region must have inside its cluster. */
export interface RequiredComponents {
  /** The name of the region in gennet.yaml. */
  readonly region: string;
  readonly expected: readonly RequiredComponent[];
}
