/** The versions of everything that gennet brings into a cluster, as one set. */
export interface ComponentVersions {
  readonly argoCd: string;
  readonly istio: string;
  readonly externalSecrets: string;
  readonly collector: string;
  readonly prometheus: string;
  /** The line with long-term support. */
  readonly neo4j: string;
  /** The chart; its controller is 2.14.0. */
  readonly loadBalancerController: string;
  /** The chart. */
  readonly clusterAutoscaler: string;
}

/**
 * The component versions that this release of gennet was tested with, as one set: they are changed together. The
 * controllers for managed nodes are the exception: they run only on AWS, so they were only generated.
 */
export const versions: ComponentVersions = {
  argoCd: "3.5.7",
  istio: "1.31.0",
  externalSecrets: "0.20.4",
  collector: "0.162.0",
  prometheus: "3.13.5",
  neo4j: "5.26.30",
  loadBalancerController: "1.14.0",
  clusterAutoscaler: "9.56.0",
};

/**
 * The oldest Kubernetes that this Istio runs on: `MinK8SVersion` in
 * https://github.com/istio/istio/blob/release-1.31/istioctl/pkg/install/k8sversion/version.go
 */
export const oldestKubernetes = "1.32";

/** Returns the set of a world: this release's, unless it has another one. */
export function versionsOf(world: { readonly versions?: ComponentVersions }): ComponentVersions {
  return world.versions ?? versions;
}
