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

/** Asks every proxy that runs. Who may not forward ports may not to any pod: the first refusal stands for all. */
export async function readCallers(
  envoy: Envoy,
  pods: readonly MeshPod[],
  signal: AbortSignal,
): Promise<readonly Caller[]> {
  let denied: AppError | undefined;
  const running = pods.filter(({ proxy, running }) => proxy && running);
  return mapBounded(running, atOnce, async (pod) => {
    if (denied !== undefined) return { pod, upstreams: denied };
    const { namespace = "default", name } = pod.object.metadata;
    try {
      return { pod, upstreams: await envoy.upstreams({ namespace, name }, signal) };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      if (error.exit === exit.denied) denied = error;
      return { pod, upstreams: error };
    }
  });
}
