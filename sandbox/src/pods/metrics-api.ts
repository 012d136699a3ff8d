import type { KubeObject } from "../../../src/core/kubernetes/object.ts";

const service = { name: "pod-metrics", namespace: "sandbox" };

/** The name that the API server's aggregator expects in the server's certificate. */
export const metricsHost = `${service.name}.${service.namespace}.svc`;

/**
 * Makes the API server forward requests for `metrics.k8s.io` to the region's `pod-shim serve`, whose certificate `ca`
 * (PEM) has signed. The namespace must exist.
 */
export function metricsObjects(port: number, ca: string): readonly KubeObject[] {
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: service,
      // The only type that the aggregator resolves without endpoints and kube-proxy; the port is the APIService's.
      spec: { type: "ExternalName", externalName: "localhost" },
    },
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.k8s.io" },
      spec: {
        group: "metrics.k8s.io",
        version: "v1beta1",
        service: { ...service, port },
        caBundle: Buffer.from(ca).toString("base64"),
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
  ];
}
