import { AppError } from "../../core/error.ts";
import type { Upstream } from "../../k8s/envoy/port.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";
import { foldAlike } from "../fold-alike.ts";
import type { KubeReads } from "../kube-reads.ts";
import { type WorkloadObject, workloadKey } from "../../core/kubernetes/workload.ts";
import { sayWorkload, workloadOf } from "../mesh/mesh-workload.ts";
import type { Caller } from "./callers.ts";
import { sayCallee } from "./edges.ts";

/** An edge that may have been used before the callee's current pods started. */
export interface ForgottenCalls {
  readonly caller: string;
  readonly callee: string;
}

/** Pods that start this long after the creation of their workload are not its first ones. Pulling images takes time. */
const firstPodsMs = 600_000;

/**
 * Returns the edges without a breaker that may have been used before: the callee's pods replaced others after the
 * caller's proxy started, and the proxy does not export the counters that survive this.
 */
export async function forgottenCalls(
  callers: readonly Caller[],
  pods: readonly MeshPod[],
  kube: Pick<KubeReads, "deployments" | "statefulSets" | "daemonSets">,
): Promise<readonly ForgottenCalls[]> {
  const byAddress = new Map(pods.flatMap((pod) => (pod.ip === undefined ? [] : [[pod.ip, pod] as const])));
  const candidates = callers.flatMap(({ pod, upstreams }) => {
    const { startedAt } = pod;
    if (upstreams instanceof AppError || startedAt === undefined) return [];
    return upstreams.filter(isBareAndQuiet).flatMap((upstream) => {
      const caller = sayWorkload(workloadOf(pod));
      const hosts = upstream.addresses.flatMap((address) => byAddress.get(address) ?? []);
      // Every proxy also knows the Service of its own workload: such calls are not between services.
      if (hosts.some((host) => sayWorkload(workloadOf(host)) === caller)) return [];
      const callee = hosts.find((host) => (host.startedAt ?? 0) > startedAt);
      return callee === undefined ? [] : [{ caller, of: sayCallee(upstream), callee }];
    });
  });
  if (candidates.length === 0) return [];
  const workloads = await readWorkloads(kube);
  return foldAlike(
    candidates.filter(({ callee }) => replacesOthers(callee, workloads)),
    ({ caller, of }) => `${caller} ${of}`,
  ).map(([{ caller, of }]) => ({ caller, callee: of }));
}

function isBareAndQuiet({ calls, callsSince, limits, outlierDetection }: Upstream): boolean {
  return calls === 0 && callsSince === "hosts" && Object.keys(limits).length === 0 && !outlierDetection;
}

/** Reads the workloads. Those that the user may not read are missing. */
async function readWorkloads(
  kube: Pick<KubeReads, "deployments" | "statefulSets" | "daemonSets">,
): Promise<ReadonlyMap<string, WorkloadObject>> {
  const lists = { Deployment: kube.deployments, StatefulSet: kube.statefulSets, DaemonSet: kube.daemonSets };
  const all = await Promise.all(
    Object.entries(lists).map(async ([kind, read]) => {
      const workloads = await read().catch((error: unknown) => {
        if (error instanceof AppError) return [];
        throw error;
      });
      return workloads.map((each) => [workloadKey(kind, each.metadata.namespace, each.metadata.name), each] as const);
    }),
  );
  return new Map(all.flat());
}

/**
 * Returns whether a pod replaced another one: it was created by a rollout, or long after its workload. True if the
 * workload is unknown.
 */
function replacesOthers(pod: MeshPod, workloads: ReadonlyMap<string, WorkloadObject>): boolean {
  const { kind, namespace, name } = workloadOf(pod);
  const metadata = workloads.get(workloadKey(kind, namespace, name))?.metadata;
  if (metadata === undefined) return true;
  const created = Date.parse(String(metadata["creationTimestamp"]));
  const revision = metadata.annotations?.["deployment.kubernetes.io/revision"] ?? "1";
  return revision !== "1" || (pod.startedAt ?? 0) - created > firstPodsMs;
}
