import type { Context } from "../context.ts";
import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import { remembered } from "../core/shared.ts";
import type { Cluster } from "../k8s/port.ts";
import type { Place } from "../platform/place.ts";

/**
 * Returns the context for commands that write into clusters: the kubeconfig context of a region must not be another
 * cluster's. Commands that only read do without the call to EKS.
 */
export function onOwnClusters(context: Context): Context {
  const checked = remembered<Cluster>();
  const cluster: Context["cluster"] = (place) =>
    checked(place.name, async () => {
      await assertOwnCluster(place, context);
      return context.cluster(place);
    });
  return context.over({ cluster });
}

/**
 * Throws KUBE_CONTEXT_MISMATCH if EKS describes another cluster than the kubeconfig context of a region is of. Without
 * credentials for AWS, or without an answer, the context is used as it is.
 */
export async function assertOwnCluster(place: Place, context: Context): Promise<void> {
  if (!("region" in place) || place.region.context === undefined) return;
  const { assertOwnContext } = await import("../k8s/own-context.ts");
  const { host, options, signal } = context;
  const source = { env: host.env, home: host.home, requestTimeoutMs: options.requestTimeout };
  try {
    await assertOwnContext(place.region, await context.aws(place.region), source, signal, { mustExist: false });
  } catch (error) {
    signal.throwIfAborted();
    const isUnknown = error instanceof AppError && (error.exit === exit.denied || error.exit === exit.unreachable);
    if (!isUnknown) throw error;
    const text = `Whether the kubeconfig context of region ${place.name} is its EKS cluster's is unknown. ${error.message}`;
    context.emit({ type: "note", level: "debug", text });
  }
}
