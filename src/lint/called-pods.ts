import { isKind, type Manifest } from "./manifest.ts";
import { behindHost } from "./membership.ts";
import { declaredReplicas } from "./replicas.ts";

/**
 * Returns the maximum number of pods that calls to a host may go to. Undefined for several workloads, which may be in
 * different clusters, so that their replicas do not add up, and for a DaemonSet, which has one pod per node.
 */
export function mostPodsOf(host: string, beside: readonly Manifest[]): number | undefined {
  const { workloads } = behindHost(host, beside);
  const [workload, ...others] = workloads;
  if (workload === undefined || others.length > 0 || isKind(workload, "apps", "DaemonSet")) return undefined;
  return declaredReplicas(workload, beside).most;
}
