import type { ProbeCall, ProbeResult } from "../../core/probe.ts";

/** Where calls are made from. */
export interface ProbeOrigin {
  readonly namespace: string;
  /** Whether the pod has a sidecar of Istio. */
  readonly meshed: boolean;
}

/** Makes calls that only a pod can make. */
export interface Prober {
  /**
   * Starts a pod that makes all calls at once, and removes it, also when it fails or is aborted. Returns their results in
   * the same order. Throws PROBE_IMAGE_UNSET, PROBE_POD_REFUSED, PROBE_POD_NOT_STARTED, PROBE_ANSWER_INVALID, and the
   * errors of the cluster: each of them leaves every call unknown.
   */
  probe(calls: readonly ProbeCall[], origin: ProbeOrigin, signal: AbortSignal): Promise<readonly ProbeResult[]>;
  /**
   * Starts a pod with a sidecar that answers HTTP, and removes it when `work` has ended, which gets its URL. Throws
   * PROBE_SIDECAR_MISSING, and what `probe` throws.
   */
  whileListening<T>(namespace: string, work: (url: string) => Promise<T>, signal: AbortSignal): Promise<T>;
}
