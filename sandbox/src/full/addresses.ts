import type { SandboxFolder } from "../folders.ts";
import { runsBeside, type SandboxState } from "../state.ts";
import { gitopsUrl } from "./gitops-repository.ts";
import { loopback } from "./part.ts";

/** The addresses of the components of profile full. */
export interface FullAddresses {
  /** The Git repository that the Argo CD of every region can read: a URL, bare, branch `main`. */
  readonly gitops: string;
  readonly regions: readonly RegionAddresses[];
}

export interface RegionAddresses {
  readonly awsRegion: string;
  /** `HOST:PORT`, for `argocd --server`, without TLS. The web interface is not compiled in. */
  readonly argocd: string;
  /** URLs: Prometheus's API, and the OpenTelemetry Collector's OTLP/HTTP. */
  readonly prometheus: string;
  readonly otlp: string;
  /** `HOST:PORT` of istiod: its XDS with TLS, and its debug endpoints. */
  readonly istiod: string;
  readonly istiodDebug: string;
}

/** Undefined for a sandbox of which no components run beside the clusters. */
export function fullAddresses(state: SandboxState, folder: SandboxFolder): FullAddresses | undefined {
  if (!runsBeside(state)) return undefined;
  return {
    gitops: gitopsUrl(folder),
    regions: state.regions.flatMap(({ awsRegion, full }) =>
      full === undefined
        ? []
        : {
            awsRegion,
            argocd: loopback(full["argocd-server"].api),
            prometheus: `http://${loopback(full.prometheus.api)}`,
            otlp: `http://${loopback(full.collector.otlpHttp)}`,
            istiod: loopback(full.istiod.xds),
            istiodDebug: loopback(full.istiod.http),
          },
    ),
  };
}
