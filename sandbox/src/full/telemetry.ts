import { collectorConfig, collectorLaunch, collectorProbe } from "../region/collector.ts";
import { realLabel } from "../pods/marking.ts";
import { componentAt, type FullRegion, loopback, type Part } from "./part.ts";

/** Receives traces and metrics by OTLP: writes traces to a file, sends metrics to Prometheus. */
export function collector(region: FullRegion): Part {
  const ports = region.ports.collector;
  const config = region.at("collector", "config.yaml");
  const files = { traces: region.at("collector", "traces.jsonl"), metrics: region.at("collector", "metrics.jsonl") };
  return {
    component: componentAt(region, "collector", ports.otlpHttp, collectorProbe(ports).url),
    program: "collector",
    args: collectorLaunch("", config).args,
    files: { [config]: collectorConfig(ports, files, `http://${loopback(region.ports.prometheus.api)}/api/v1/otlp`) },
  };
}

/** Scrapes the region's parts, and receives the metrics that services send to the collector. */
export function prometheus(region: FullRegion): Part {
  const { api } = region.ports.prometheus;
  const config = region.at("prometheus", "prometheus.yaml");
  return {
    component: componentAt(region, "prometheus", api, `http://${loopback(api)}/-/ready`),
    program: "prometheus",
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${region.at("prometheus", "data")}`,
      "--storage.tsdb.retention.time=6h",
      `--web.listen-address=${loopback(api)}`,
      "--web.enable-otlp-receiver",
      "--log.level=warn",
    ],
    files: { [config]: `${JSON.stringify(prometheusConfig(region), null, 2)}\n` },
  };
}

function prometheusConfig({ ports, awsRegion, kubeconfig }: FullRegion): object {
  const targets: Readonly<Record<string, number>> = {
    istiod: ports.istiod.monitoring,
    "argocd-repo-server": ports["argocd-repo-server"].metrics,
    "argocd-application-controller": ports["argocd-application-controller"].metrics,
    "argocd-server": ports["argocd-server"].metrics,
    "external-secrets": ports["external-secrets"].metrics,
    collector: ports.collector.metrics,
    prometheus: ports.prometheus.api,
  };
  return {
    global: { scrape_interval: "5s", external_labels: { region: awsRegion } },
    scrape_configs: [
      ...Object.entries(targets).map(([job, port]) => ({
        job_name: job,
        static_configs: [{ targets: [loopback(port)] }],
      })),
      sidecars(kubeconfig),
    ],
  };
}

/** The statistics of every Envoy, with the labels of Istio's own sample configuration. */
function sidecars(kubeconfig: string): object {
  const from = (source: string, target: string) => ({
    source_labels: [`__meta_kubernetes_${source}`],
    target_label: target,
  });
  return {
    job_name: "envoy-stats",
    metrics_path: "/stats/prometheus",
    kubernetes_sd_configs: [
      { role: "pod", kubeconfig_file: kubeconfig, selectors: [{ role: "pod", label: `${realLabel}=true` }] },
    ],
    relabel_configs: [
      {
        source_labels: ["__meta_kubernetes_pod_container_port_name"],
        action: "keep",
        regex: "http-envoy-prom",
      },
      from("namespace", "namespace"),
      from("pod_name", "pod_name"),
      from("pod_label_service_istio_io_canonical_name", "canonical_name"),
    ],
  };
}
