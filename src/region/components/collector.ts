import type { KubeObject } from "../../core/kubernetes/object.ts";
import { synchronousPipeline } from "../../core/synchronous-pipeline.ts";
import { ownLabels } from "../world.ts";
import { configDigest } from "./config-digest.ts";
import { isBrought, type PlatformComponent, type ComponentWorld } from "./component.ts";
import { restrictedContainer, restrictedPod } from "../../core/kubernetes/pod-security.ts";
import { prometheusUrl } from "./prometheus.ts";
import { versionsOf } from "./versions.ts";

const namespace = "monitoring";
const name = "collector";
export const collectorHost = `${name}.${namespace}.svc.cluster.local`;
export const otlpHttpPort = 4318;
/** Here, a span is answered only when `platform.tracing.endpoint` has taken it. */
export const synchronousPort = 4320;
const ports = { grpc: 4317, http: otlpHttpPort, synchronous: synchronousPort, health: 13_133, metrics: 8888 };

/** Receives the spans and metrics of services and of the mesh by OTLP. */
export const collector: PlatformComponent = {
  id: "collector",
  title: "OpenTelemetry Collector",
  version: (world) => versionsOf(world).collector,
  namespace,
  wave: 2,
  workloads: [{ kind: "Deployment", namespace, name }],
  isWanted: ({ platform }) => platform.platform !== undefined,
  source: { manifests: collectorObjects },
};

function collectorObjects(world: ComponentWorld): readonly KubeObject[] {
  // JSON is YAML.
  const config = `${JSON.stringify(collectorConfig(world), null, 2)}\n`;
  const labels = { "app.kubernetes.io/name": name };
  const metadata = { name, namespace, labels: { ...ownLabels(world), ...labels } };
  const probe = { httpGet: { path: "/", port: ports.health } };
  const container = {
    name,
    image: `docker.io/otel/opentelemetry-collector-k8s:${versionsOf(world).collector}`,
    args: ["--config=/etc/collector/config.yaml"],
    ports: [
      { name: "otlp", containerPort: ports.grpc },
      { name: "otlp-http", containerPort: ports.http },
      { name: "otlp-sync", containerPort: ports.synchronous },
      { name: "metrics", containerPort: ports.metrics },
    ],
    // What is in its queues counts; above that, Go frees memory rather than being killed.
    env: [{ name: "GOMEMLIMIT", value: "400MiB" }],
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
    readinessProbe: probe,
    livenessProbe: probe,
    securityContext: restrictedContainer,
    volumeMounts: [{ name: "config", mountPath: "/etc/collector" }],
  };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "config.yaml": config } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: {
          metadata: {
            labels: { ...ownLabels(world), ...labels },
            annotations: {
              "prometheus.io/scrape": "true",
              "prometheus.io/port": String(ports.metrics),
              ...configDigest(config),
            },
          },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            securityContext: restrictedPod(10_001),
            containers: [container],
            volumes: [{ name: "config", configMap: { name } }],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        selector: labels,
        ports: [
          { name: "grpc-otlp", port: ports.grpc, targetPort: ports.grpc },
          { name: "http-otlp", port: ports.http, targetPort: ports.http },
          { name: "http-synchronous", port: ports.synchronous, targetPort: ports.synchronous },
          { name: "http-metrics", port: ports.metrics, targetPort: ports.metrics },
        ],
      },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
  ];
}

function collectorConfig({ platform: { platform } }: ComponentWorld): object {
  const listen = (port: number): object => ({ endpoint: `0.0.0.0:${port}` });
  const endpoint = platform?.tracing.endpoint;
  const toPrometheus = isBrought(platform, "metrics");
  const [receiver, exporter] = [`otlp/${synchronousPipeline}`, `otlp_http/${synchronousPipeline}`];
  const pipeline = (exporter: string): object => ({
    receivers: ["otlp"],
    processors: ["batch"],
    exporters: [exporter],
  });
  return {
    receivers: {
      otlp: { protocols: { grpc: listen(ports.grpc), http: listen(ports.http) } },
      [receiver]: { protocols: { http: listen(ports.synchronous) } },
    },
    processors: { batch: {} },
    exporters: {
      "otlp_http/traces": {
        endpoint,
        // A backend that is away for some minutes loses no span, as long as the queue holds.
        retry_on_failure: { enabled: true, max_elapsed_time: "10m" },
        sending_queue: { enabled: true, queue_size: 5000 },
      },
      // Without a batch, a queue and retries, who sends a span gets the backend's answer.
      [exporter]: { endpoint, timeout: "5s", retry_on_failure: { enabled: false }, sending_queue: { enabled: false } },
      ...(toPrometheus ? { "otlp_http/metrics": { endpoint: `${prometheusUrl}/api/v1/otlp` } } : {}),
    },
    extensions: { health_check: listen(ports.health) },
    service: {
      extensions: ["health_check"],
      pipelines: {
        traces: pipeline("otlp_http/traces"),
        [`traces/${synchronousPipeline}`]: { receivers: [receiver], exporters: [exporter] },
        ...(toPrometheus ? { metrics: pipeline("otlp_http/metrics") } : {}),
      },
      telemetry: {
        metrics: { readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: ports.metrics } } } }] },
      },
    },
  };
}
