import type { CheckFinding } from "../../core/check.ts";
import { breakerCheck } from "../breakers/breaker-check.ts";
import type { Edge } from "../breakers/edges.ts";
import type { EjectedPod, Ejector } from "../breakers/ejected-pods.ts";
import { counted } from "../../core/enumerate.ts";
import { withWell } from "../with-well.ts";
import { workloadKey } from "../../core/kubernetes/workload.ts";

const id = "breakers/ejected";

export const breakersEjected = breakerCheck({
  id,
  title: "ejected pods",
  explain:
    "Outlier detection takes a pod out of a caller's rotation after failures in a row (5xx, resets, time-outs). Each caller's proxy decides by itself: the finding names the pod and who has ejected it, and a pod that only some callers eject is as much a sign as one that all of them do. It comes back after baseEjectionTime, longer each time. Where fewer hosts are healthy than the rule's minHealthPercent, Envoy calls ejected pods all the same, and the finding says so. Hosts that failed often enough without one being ejected are a warning, where the proxies export outlier_detection. Faults that a VirtualService injects are made in the caller and eject nothing. Look at the pod's own logs first. A pod of a workload that workloads/available speaks of is a symptom of that.",
  async run({ breakers, workloads, kubectl }) {
    const [ejected, edges] = [await breakers.ejected(), await breakers.edges()];
    const kept = edges.flatMap(keptFailing);
    if (ejected.length === 0) {
      const none = "no proxy has called anything, or has a breaker: there is nothing to eject";
      const count = edges.length - kept.length;
      return withWell(kept, { id, count, one: "call edge", summary: "no pod is ejected", none });
    }
    const { broken } = await workloads();
    return [...ejected.map((each) => toFinding(each, broken, kubectl)), ...kept];
  },
});

/**
 * Hosts that failed as often as counts, and none was ever ejected for it. Envoy counts also what its rule does not eject
 * for: that no failure counts is what breakers/coverage says.
 */
function keptFailing({ caller, callee, ejections, hosts, rule, belowOneHost, outlierDetection }: Edge): CheckFinding[] {
  if (ejections === undefined || ejections.detected === 0 || ejections.enforced > 0) return [];
  if (outlierDetection !== undefined && belowOneHost === undefined) return [];
  return [
    {
      id,
      severity: "warn",
      subject: `${caller} → ${callee}`,
      summary: `hosts failed ${ejections.detected} times as often as counts since its proxies started, and none of ${hosts} was ejected`,
      fix:
        belowOneHost === undefined
          ? "look at its DestinationRule: thresholds of 0, or a maxEjectionPercent that is less than one host, eject none"
          : `raise maxEjectionPercent in ${rule ?? "its DestinationRule"}: Envoy ejects no host where one is more than that share`,
      evidence: { ejections, hosts },
    },
  ];
}

function toFinding(
  { address, pod, workload, by }: EjectedPod,
  broken: ReadonlyMap<string, unknown>,
  kubectl: string,
): CheckFinding {
  const key = workload && workloadKey(workload.kind, workload.namespace, workload.name);
  const [namespace, name] = pod?.split("/") ?? [];
  return {
    id,
    severity: "fail",
    subject: pod === undefined ? `host ${address} (no pod of this cluster)` : `pod ${pod}`,
    summary: `ejected by ${by.map(said).join("; ")}`,
    ...(pod === undefined ? {} : { fix: `${kubectl} -n ${namespace} logs ${name} --all-containers --since=15m` }),
    ...(key !== undefined && broken.has(key) ? { symptomOf: { id: "workloads/available", about: key } } : {}),
    evidence: { address, by },
  };
}

function said({ caller, callee, pods, of, exhausted, panicking }: Ejector): string {
  const share = pods.length === of ? "" : ` (${pods.length} of its ${of} proxies)`;
  const proxies = (count: number): string => counted(count, "proxy", "proxies");
  const left =
    exhausted === 0 ? "" : `, ${proxies(exhausted)} of which ${exhausted === 1 ? "has" : "have"} no host left`;
  const panic =
    panicking === 0
      ? ""
      : `, ${proxies(panicking)} of which ${panicking === 1 ? "calls" : "call"} it all the same: fewer hosts are healthy than minHealthPercent`;
  return `${caller}${share} as ${callee}${left}${panic}`;
}
