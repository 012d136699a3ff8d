import { join } from "node:path";
import { componentAt, type FullRegion, loopback, type Part } from "./part.ts";

export const meshConfig = ({ bin }: Pick<FullRegion, "bin">) => ({
  rootNamespace: "istio-system",
  trustDomain: "cluster.local",
  defaultProviders: { metrics: [] },
  defaultConfig: {
    binaryPath: join(bin, "envoy"),
    discoveryAddress: "istiod.istio-system.svc:15012",
    // The sidecar resolves names of the cluster, those of ServiceEntries among them.
    proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" },
    // Istio omits these by default; without them, it is unknown whether a breaker is open.
    proxyStatsMatcher: {
      inclusionRegexps: [".*outlier_detection.*", ".*circuit_breakers.*", ".*upstream_(rq|cx_overflow).*"],
    },
  },
});

/**
 * Istio's control plane. The Envoy of the wheel lacks the extensions that Istio's own build has: with metadata
 * exchange, the ALPN filter or Istio's metrics, every proxy would reject its clusters and listeners.
 */
export function istiod(region: FullRegion): Part {
  const ports = region.ports.istiod;
  const mesh = region.at("istiod", "mesh.yaml");
  return {
    component: componentAt(region, "istiod", ports.xds, `http://${loopback(ports.http)}/ready`),
    program: "pilot-discovery",
    args: [
      "discovery",
      `--kubeconfig=${region.kubeconfig}`,
      `--meshConfig=${mesh}`,
      "--networksConfig=/dev/null",
      "--caCertFile=/dev/null",
      `--httpAddr=${loopback(ports.http)}`,
      `--grpcAddr=${loopback(ports.grpc)}`,
      `--secureGRPCAddr=${loopback(ports.xds)}`,
      `--httpsAddr=${loopback(ports.webhook)}`,
      `--monitoringAddr=${loopback(ports.monitoring)}`,
      `--ctrlz_port=${ports.introspection}`,
      "--log_output_level=all:warn",
    ],
    env: {
      POD_NAME: "istiod-0",
      POD_NAMESPACE: "istio-system",
      CLUSTER_ID: "Kubernetes",
      // It only manages the webhook of this revision.
      REVISION: "default",
      PILOT_CERT_PROVIDER: "istiod",
      PILOT_ENABLE_METADATA_EXCHANGE: "false",
      PILOT_ENABLE_ALPN_FILTER: "false",
      // The name in its certificate, with which the API server calls its webhook.
      ISTIOD_CUSTOM_HOST: "localhost",
      // Istio's default if it knows the version of the nodes' kubelets, which simulated nodes do not report.
      ENABLE_NATIVE_SIDECARS: "true",
      // There is only one replica: an election would only delay it.
      ENABLE_LEADER_ELECTION: "false",
    },
    files: { [mesh]: `${JSON.stringify(meshConfig(region), null, 2)}\n` },
  };
}
