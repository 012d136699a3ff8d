import { mapBounded } from "../../core/bounded.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import type { Envoy, Upstream } from "../../k8s/envoy/port.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";

/** A pod's proxy, and what it calls or what kept it from telling. */
export interface Caller {
  readonly pod: MeshPod;
  readonly upstreams: readonly Upstream[] | AppError;
}

/** A forward waits for four programs in turn more than it works; an answer has up to megabytes. */
const atOnce = 20;

/** ztunnels and gRPC agents are no Envoys. */
const envoys: ReadonlySet<string | undefined> = new Set(["sidecar", "gateway", "waypoint"]);

/** Asks every Envoy that runs. Who may not forward to one pod of a namespace may not to any: the first refusal stands. */
export async function readCallers(
  envoy: Envoy,
  pods: readonly MeshPod[],
  signal: AbortSignal,
): Promise<readonly Caller[]> {
  const denied = new Map<string, AppError>();
  const running = pods.filter(({ proxy, running }) => envoys.has(proxy) && running);
  return mapBounded(running, atOnce, async (pod) => {
    const { namespace = "default", name } = pod.object.metadata;
    const known = denied.get(namespace);
    if (known !== undefined) return { pod, upstreams: known };
    try {
      return { pod, upstreams: await envoy.upstreams({ namespace, name }, signal) };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      if (error.exit === exit.denied) denied.set(namespace, error);
      return { pod, upstreams: error };
    }
  });
}
