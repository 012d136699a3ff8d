import { createLimiter } from "../../core/bounded.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import type { Envoy, Outbound, PodRef, Upstream } from "../../k8s/envoy/port.ts";
import type { MeshPod, PodGroup } from "../../k8s/istio/port.ts";
import { inOrderOfPods, podName } from "../mesh/mesh-workload.ts";

/** A pod's proxy, and what it calls, or the error if it did not answer. */
export interface Caller {
  readonly pod: MeshPod;
  readonly upstreams: readonly Upstream[] | AppError;
  /** Addresses that it calls and that belong to no service. */
  readonly passthrough: Outbound["passthrough"];
  readonly certificate?: Outbound["certificate"];
}

/** A port-forward mostly waits, for four programs one after the other; responses have up to several megabytes. */
const atOnce = 20;

/** ztunnels and gRPC agents are not Envoys. */
const envoys: ReadonlySet<string | undefined> = new Set(["sidecar", "gateway", "waypoint"]);

/** How long an Envoy may take to start. */
const startMs = 30_000;

export interface CallerSources {
  readonly envoy: Envoy;
  /** Reads the current pods. */
  readonly podsNow: () => Promise<readonly MeshPod[]>;
  readonly now: () => number;
  /** Whether to request the certificates of proxies, too. */
  readonly withCertificate: boolean;
}

/**
 * Asks every running Envoy as soon as its group of pods has arrived. After the first denied port-forward, the other pods of that namespace are not asked,
 * because permissions are the same for all. If Envoys do not answer, the pods are read again: pods that are gone are
 * not callers, and neither are pods that have just started and do not listen yet, because they have not made calls. The
 * others are asked a second time.
 */
export async function readCallers(
  { envoy, podsNow, now, withCertificate }: CallerSources,
  groups: readonly PodGroup[],
  signal: AbortSignal,
): Promise<readonly Caller[]> {
  const ask = (asked: readonly PodGroup[]) =>
    askAll(asked, (pod) => envoy.outbound(pod, { withCertificate }, signal), signal);
  const first = await ask(groups);
  if (!first.some(isSilent)) return first;
  const there = new Map((await podsNow()).map((pod) => [podName(pod), pod]));
  const stillThere = first.flatMap((caller) => {
    if (!isSilent(caller)) return [caller];
    const pod = there.get(podName(caller.pod));
    return pod === undefined || pod.ending ? [] : [{ ...caller, pod }];
  });
  const again = await ask([Promise.resolve(stillThere.filter(isSilent).map(({ pod }) => pod))]);
  const answers = new Map(again.map((caller) => [podName(caller.pod), caller]));
  return stillThere.flatMap((caller) => {
    if (!isSilent(caller)) return [caller];
    const answer = answers.get(podName(caller.pod));
    if (answer === undefined) return [];
    const { startedAt = 0 } = answer.pod;
    return isSilent(answer) && now() - startedAt < startMs ? [] : [answer];
  });
}

/** Returns whether the pod may be starting or stopping; other errors are the same for all pods. */
function isSilent({ upstreams }: Caller): boolean {
  return upstreams instanceof AppError && upstreams.code === "KUBE_FORWARD_FAILED";
}

async function askAll(
  groups: readonly PodGroup[],
  ask: (pod: PodRef) => Promise<Outbound>,
  signal: AbortSignal,
): Promise<readonly Caller[]> {
  const denied = new Map<string, AppError>();
  const slot = createLimiter(atOnce);
  const askOne = async (pod: MeshPod): Promise<Caller> => {
    const { namespace = "default", name } = pod.object.metadata;
    const known = denied.get(namespace);
    if (known !== undefined) return { pod, upstreams: known, passthrough: [] };
    try {
      return { pod, ...(await ask({ namespace, name })) };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      if (error.exit === exit.denied) denied.set(namespace, error);
      return { pod, upstreams: error, passthrough: [] };
    }
  };
  const asked = await Promise.all(
    groups.map(async (group) => {
      const running = (await group).filter(({ proxy, running, ending }) => envoys.has(proxy) && running && !ending);
      return Promise.all(running.map((pod) => slot(() => askOne(pod))));
    }),
  );
  return inOrderOfPods(asked.flat(), ({ pod }) => pod);
}
