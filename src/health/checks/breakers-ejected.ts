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
    "Outlier detection takes a pod out of a caller's rotation after consecutive failures (5xx, resets, time-outs). Each caller's proxy decides by itself: the finding names the pod and the callers that have ejected it, and a pod that only some callers eject is as much a sign of trouble as one that all of them eject. The pod returns after baseEjectionTime, which grows with each ejection. If fewer hosts are healthy than the rule's minHealthPercent, Envoy calls ejected pods anyway, and the finding says so. Hosts that failed often enough although none was ejected are a warning, if the proxies export outlier_detection. Faults that a VirtualService injects are created in the caller and eject nothing. Check the logs of the pod first. A pod of a workload that workloads/available reports is a symptom of that finding.",
  async run({ breakers, workloads, kubectl }) {
    const [ejected, edges] = [await breakers.ejected(), await breakers.edges()];
    const kept = edges.flatMap(keptFailing);
    if (ejected.length === 0) {
      const none = "no proxy has made a call or has a breaker: there is nothing to eject";
      const count = edges.length - kept.length;
      return withWell(kept, { id, count, one: "call edge", summary: "no pod is ejected", none });
    }
    const { broken } = await workloads();
    return [...ejected.map((each) => toFinding(each, broken, kubectl)), ...kept];
  },
});

/**
 * Returns a warning about hosts that reached the threshold of failures if none was ever ejected. Envoy also counts
 * failures for which its rule does not eject: breakers/coverage reports a rule that never ejects.
 */
function keptFailing({ caller, callee, ejections, hosts, rule, belowOneHost, outlierDetection }: Edge): CheckFinding[] {
  if (ejections === undefined || ejections.detected === 0 || ejections.enforced > 0) return [];
  if (outlierDetection !== undefined && belowOneHost === undefined) return [];
  return [
    {
      id,
      severity: "warn",
      subject: `${caller} → ${callee}`,
      summary: `hosts reached the threshold of failures ${ejections.detected} times since its proxies started, but none of ${hosts} was ejected`,
      fix:
        belowOneHost === undefined
          ? "check its DestinationRule: thresholds of 0, or a maxEjectionPercent of less than one host, eject none"
          : `raise maxEjectionPercent in ${rule ?? "its DestinationRule"}: Envoy ejects no host if a single one exceeds that percentage`,
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
      : `, ${proxies(panicking)} of which ${panicking === 1 ? "calls" : "call"} it anyway: fewer hosts are healthy than minHealthPercent`;
  return `${caller}${share} as ${callee}${left}${panic}`;
}
