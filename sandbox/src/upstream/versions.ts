import { readModule } from "../programs/program-module.ts";
import { sources } from "../programs/sources.ts";

/** The upstream releases that the sandbox has, without a leading `v`. */
export interface UpstreamVersions {
  readonly argocd: string;
  readonly istio: string;
  /** Another release of Istio, for upgrades: the same programs and charts under the next version. */
  readonly nextIstio: string;
  readonly "external-secrets": string;
  readonly collector: string;
  readonly prometheus: string;
  /** The tag that Argo CD's manifests name; Valkey runs in its place. */
  readonly redis: string;
}

/** Returns the versions of the pinned modules. */
export async function upstreamVersions(): Promise<UpstreamVersions> {
  const [collector, prometheus] = await Promise.all([readModule("collector"), readModule("prometheus")]);
  return {
    argocd: bare(sources.argocd.version),
    // Its module has no version, only a file that says 1.31.
    istio: "1.31.0",
    nextIstio: "1.31.1",
    "external-secrets": bare(sources["external-secrets"].version),
    collector: bare(collector.versionOf("go.opentelemetry.io/collector/otelcol")),
    // As a Go module, Prometheus 3.13.5 is v0.313.5.
    prometheus: bare(prometheus.versionOf("github.com/prometheus/prometheus")).replace(/^0\.(\d)0*(\d+)\./, "$1.$2."),
    redis: "8.2.3-alpine",
  };
}

function bare(version: string): string {
  return version.replace(/^v/, "");
}
