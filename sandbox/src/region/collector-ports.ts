/** On 127.0.0.1, like everything in the sandbox. */
export interface CollectorPorts {
  /** OTLP/HTTP: the endpoint for OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly otlpHttp: number;
  readonly otlpGrpc: number;
  readonly health: number;
  /** The collector's own metrics, for Prometheus. */
  readonly metrics: number;
}
