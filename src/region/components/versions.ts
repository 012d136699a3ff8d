/**
 * The component versions that this release of gennet was tested with, as one set: they are changed together. The
 * controllers for managed nodes are the exception: they run only on AWS, so they were only generated.
 */
export const versions = {
  argoCd: "3.5.7",
  istio: "1.31.0",
  externalSecrets: "0.20.4",
  collector: "0.162.0",
  prometheus: "3.13.5",
  /** The line with long-term support. */
  neo4j: "5.26.30",
  /** The chart; its controller is 2.14.0. */
  loadBalancerController: "1.14.0",
  /** The chart. */
  clusterAutoscaler: "9.56.0",
} as const;
