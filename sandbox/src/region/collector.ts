import type { ServerProbe } from "../processes/component.ts";
import type { Launch } from "../processes/daemon.ts";
import type { CollectorPorts } from "./collector-ports.ts";

export interface CollectorFiles {
  /** Output files for spans and metrics: an OTLP JSON document in each line. */
  readonly traces: string;
  readonly metrics: string;
}

/**
 * Returns the configuration of an OpenTelemetry Collector that receives OTLP and writes it to files: up to 20 MB each,
 * oldest dropped. If `prometheus`, the URL of an OTLP receiver, is given, metrics go there instead.
 */
export function collectorConfig(ports: CollectorPorts, files: CollectorFiles, prometheus?: string): string {
  const listen = (port: number): { endpoint: string } => ({ endpoint: `127.0.0.1:${port}` });
  const file = (path: string): object => ({ path, rotation: { max_megabytes: 10, max_backups: 1 } });
  const config = {
    receivers: { otlp: { protocols: { http: listen(ports.otlpHttp), grpc: listen(ports.otlpGrpc) } } },
    processors: { batch: { timeout: "200ms" } },
    exporters: {
      "file/traces": file(files.traces),
      ...(prometheus === undefined
        ? { "file/metrics": file(files.metrics) }
        : { "otlp_http/metrics": { endpoint: prometheus, compression: "none" } }),
    },
    extensions: { health_check: listen(ports.health) },
    service: {
      extensions: ["health_check"],
      pipelines: {
        traces: { receivers: ["otlp"], processors: ["batch"], exporters: ["file/traces"] },
        metrics: {
          receivers: ["otlp"],
          processors: ["batch"],
          exporters: [prometheus === undefined ? "file/metrics" : "otlp_http/metrics"],
        },
      },
      telemetry: {
        logs: { level: "warn" },
        metrics: {
          readers: [{ pull: { exporter: { prometheus: { host: "127.0.0.1", port: ports.metrics } } } }],
        },
      },
    },
  };
  // JSON is YAML.
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Returns how to start the collector, with the program of `findProgram` and a file of {@link collectorConfig}. */
export function collectorLaunch(program: string, config: string): Omit<Launch, "log"> {
  return { file: program, args: [`--config=${config}`], env: {} };
}

export function collectorProbe(ports: Pick<CollectorPorts, "health">): ServerProbe {
  return { url: `http://127.0.0.1:${ports.health}/` };
}
