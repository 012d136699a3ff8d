import { collectorHost } from "./collector.ts";
import { meshMtls } from "../resources/platform-objects.ts";
import { ownLabels } from "../world.ts";
import { isBrought, type PlatformComponent } from "./component.ts";
import { gatewayNamespace } from "./istio.ts";
import { tracingProvider } from "./istiod.ts";

/** Strict mTLS and tracing in the whole mesh, and the entrance for the platform's domain. */
export const meshPolicies: PlatformComponent = {
  id: "mesh-policies",
  title: "Mesh policies",
  namespace: "istio-system",
  wave: 4,
  workloads: [],
  isWanted: ({ platform }) => isBrought(platform.platform, "istio"),
  source: {
    manifests: (world) => [
      meshMtls(world),
      {
        apiVersion: "telemetry.istio.io/v1",
        kind: "Telemetry",
        metadata: { name: "default", namespace: "istio-system", labels: ownLabels(world) },
        spec: { tracing: [{ providers: [{ name: tracingProvider }], randomSamplingPercentage: 10 }] },
      },
      {
        // Every proxy calls the Collector, so its breaker is in the Collector's own namespace.
        apiVersion: "networking.istio.io/v1",
        kind: "DestinationRule",
        metadata: { name: "collector", namespace: "monitoring", labels: ownLabels(world) },
        spec: {
          host: collectorHost,
          trafficPolicy: {
            connectionPool: {
              tcp: { maxConnections: 100, connectTimeout: "2s" },
              http: { http1MaxPendingRequests: 100, http2MaxRequests: 100 },
            },
            outlierDetection: {
              consecutive5xxErrors: 5,
              interval: "5s",
              baseEjectionTime: "30s",
              maxEjectionPercent: 50,
            },
          },
        },
      },
      {
        apiVersion: "networking.istio.io/v1",
        kind: "Gateway",
        metadata: { name: world.platform.name, namespace: gatewayNamespace, labels: ownLabels(world) },
        spec: {
          // What the gateway's chart makes of its release name, istio-ingress.
          selector: { istio: "ingress" },
          servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: [`*.${world.platform.domain}`] }],
        },
      },
    ],
  },
};
