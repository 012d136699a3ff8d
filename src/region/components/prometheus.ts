import type { KubeObject } from "../../core/kubernetes/object.ts";
import { ownLabels } from "../world.ts";
import { configDigest } from "./config-digest.ts";
import { isBrought, type PlatformComponent, type ComponentWorld } from "./component.ts";
import { restrictedContainer, restrictedPod } from "../../core/kubernetes/pod-security.ts";
import { versionsOf } from "./versions.ts";

const namespace = "monitoring";
const name = "prometheus";
const port = 9090;
export const prometheusUrl = `http://${name}.${namespace}.svc.cluster.local:${port}`;

/** Scrapes the mesh and the platform's components. It keeps a day; what has to last longer is the team's decision. */
export const prometheus: PlatformComponent = {
  id: "prometheus",
  title: "Prometheus",
  version: (world) => versionsOf(world).prometheus,
  namespace,
  wave: 2,
  workloads: [{ kind: "Deployment", namespace, name }],
  isWanted: ({ platform }) => isBrought(platform.platform, "metrics"),
  source: { manifests: prometheusObjects },
};

function prometheusObjects(world: ComponentWorld): readonly KubeObject[] {
  const config = `${JSON.stringify(prometheusConfig(world), null, 2)}\n`;
  const labels = { "app.kubernetes.io/name": name };
  const metadata = { name, namespace, labels: { ...ownLabels(world), ...labels } };
  const wide = { name: "platform-prometheus", labels: metadata.labels };
  const probeOf = (path: string): object => ({ httpGet: { path, port } });
  const container = {
    name,
    image: `quay.io/prometheus/prometheus:v${versionsOf(world).prometheus}`,
    args: [
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      "--storage.tsdb.retention.time=24h",
      "--web.enable-otlp-receiver",
    ],
    ports: [{ name: "http", containerPort: port }],
    resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "2Gi" } },
    readinessProbe: probeOf("/-/ready"),
    livenessProbe: probeOf("/-/healthy"),
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "config", mountPath: "/etc/prometheus" },
      { name: "data", mountPath: "/prometheus" },
    ],
  };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "prometheus.yml": config } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: wide,
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: wide,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: wide.name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 1,
        // Two at once would write to different places.
        strategy: { type: "Recreate" },
        selector: { matchLabels: labels },
        template: {
          metadata: {
            labels: { ...ownLabels(world), ...labels },
            annotations: {
              "prometheus.io/scrape": "true",
              "prometheus.io/port": String(port),
              ...configDigest(config),
            },
          },
          spec: {
            serviceAccountName: name,
            securityContext: restrictedPod(65_534),
            containers: [container],
            volumes: [
              { name: "config", configMap: { name } },
              { name: "data", emptyDir: {} },
            ],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ name: "http", port, targetPort: port }] },
    },
  ];
}

function prometheusConfig({ platform, region }: ComponentWorld): object {
  const source = (label: string): string => `__meta_kubernetes_pod_${label}`;
  const labelled = [
    { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
    { source_labels: [source("name")], target_label: "pod_name" },
    { source_labels: [source("label_service_istio_io_canonical_name")], target_label: "canonical_name" },
  ];
  // A pod of Argo CD has no annotation; the ports are those of its documentation:
  // https://argo-cd.readthedocs.io/en/stable/operator-manual/metrics/
  const argoCd = [
    { source_labels: [source("label_app_kubernetes_io_part_of")], action: "keep", regex: "argocd" },
    { source_labels: [source("container_port_number")], action: "keep", regex: "8082|8083|8084" },
    { source_labels: [source("label_app_kubernetes_io_name")], target_label: "job" },
  ];
  const annotated = [
    { source_labels: [source("annotation_prometheus_io_scrape")], action: "keep", regex: "true" },
    // Init containers, among them native sidecars, are targets, too: one is enough.
    { source_labels: [source("container_init")], action: "drop", regex: "true" },
    { source_labels: [source("annotation_prometheus_io_path")], target_label: "__metrics_path__", regex: "(.+)" },
    {
      source_labels: [source("ip"), source("annotation_prometheus_io_port")],
      regex: "(.+);(\\d+)",
      target_label: "__address__",
      replacement: "$1:$2",
    },
    { source_labels: [source("label_app_kubernetes_io_name")], target_label: "job", regex: "(.+)" },
  ];
  const pods = (job: string, relabel: readonly object[]): object => ({
    job_name: job,
    kubernetes_sd_configs: [{ role: "pod" }],
    relabel_configs: [...relabel, ...labelled],
  });
  return {
    global: { scrape_interval: "15s", external_labels: { platform: platform.name, region: region.name } },
    scrape_configs: [pods("pods", annotated), pods("argocd", argoCd)],
  };
}
