import type { KubeObject } from "../../../src/core/kubernetes/object.ts";

/** The Service of `pod-shim serve`, which is also the pods' kubelet. */
export const metricsService = { name: "pod-metrics", namespace: "sandbox" };

/** The name that the API server's aggregator expects in the server's certificate. */
export const metricsHost = `${metricsService.name}.${metricsService.namespace}.svc`;

/**
 * Makes the API server forward requests for `metrics.k8s.io` to the region's `pod-shim serve`, whose certificate `ca`
 * (PEM) has signed.
 */
export function metricsObjects(port: number, ca: string): readonly KubeObject[] {
  return [
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.k8s.io" },
      spec: {
        group: "metrics.k8s.io",
        version: "v1beta1",
        service: { ...metricsService, port },
        caBundle: Buffer.from(ca).toString("base64"),
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
  ];
}
