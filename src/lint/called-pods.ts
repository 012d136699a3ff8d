import { isKind, type Manifest } from "./manifest.ts";
import { behindHost } from "./membership.ts";
import { replicasOf } from "./replicas.ts";

/**
 * How many pods a host's calls may go to at most. Several workloads may be of several clusters, so that their replicas
 * do not add up, and a DaemonSet has as many as there are nodes: undefined.
 */
export function mostPodsOf(host: string, beside: readonly Manifest[]): number | undefined {
  const { workloads } = behindHost(host, beside);
  const [workload, ...others] = workloads;
  if (workload === undefined || others.length > 0 || isKind(workload, "apps", "DaemonSet")) return undefined;
  return replicasOf(workload, beside).most;
}
