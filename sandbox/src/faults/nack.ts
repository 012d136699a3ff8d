import type { KubeObject } from "../../../src/core/kubernetes/object.ts";

/** Pods with this label have a sidecar that rejects its clusters. */
export const nackLabel = "sandbox.gennet.dev/nack";

/** istiod accepts it and sends it to proxies, but Envoy's own validation requires a time-out above zero. */
export function nackFilter(namespace: string): KubeObject {
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: { name: "sandbox-nack", namespace },
    spec: {
      workloadSelector: { labels: { [nackLabel]: "true" } },
      configPatches: [
        {
          applyTo: "CLUSTER",
          match: { context: "SIDECAR_OUTBOUND" },
          patch: { operation: "MERGE", value: { connect_timeout: "-1s" } },
        },
      ],
    },
  };
}
