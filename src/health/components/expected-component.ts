/** The parts of the platform inside a cluster, each with its check `platform/NAME`. */
export type ComponentName =
  | "argocd"
  | "istio"
  | "external-secrets"
  | "collector"
  | "prometheus"
  | "load-balancer-controller"
  | "cluster-autoscaler";

/** A Deployment, StatefulSet or DaemonSet. */
export interface ExpectedWorkload {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  readonly namespace: string;
  readonly name: string;
}

/** A component that gennet.yaml says a cluster must have. */
export interface ExpectedComponent {
  readonly name: ComponentName;
  /** Whether gennet installs it; otherwise, the team does, and only whether it is there can be checked. */
  readonly isManaged: boolean;
  /** What it consists of, if gennet installs it. */
  readonly workloads: readonly ExpectedWorkload[];
  /** The names of the Argo CD Applications that install it, in the namespace argocd. */
  readonly applications: readonly string[];
}

/** What a region must have inside its cluster. */
export interface ComponentsSource {
  /** The name of the region in gennet.yaml. */
  readonly region: string;
  readonly expected: readonly ExpectedComponent[];
}
