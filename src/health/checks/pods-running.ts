import type { Check, CheckFinding } from "../../core/check.ts";
import { failedJobs, isFinished } from "../failed-jobs.ts";
import type { HealthContext } from "../health-context.ts";
import { lostNodes, nodeKey } from "../lost-nodes.ts";
import { type PodObject, ownerOf } from "../../core/kubernetes/pod.ts";
import { lookAt, troubleOf } from "../../core/kubernetes/pod-trouble.ts";
import { probesOf } from "./mesh-probes.ts";
import { withWell } from "../with-well.ts";
import { workloadKey } from "../../core/kubernetes/workload.ts";

const id = "pods/running";
/** Starting and ending take time; after this time, a pod that is still waiting is reported. */
const patienceMs = 600_000;

export const podsRunning: Check<HealthContext> = {
  id,
  title: "pods",
  explain:
    "Checks the pods that no finding of workloads/available covers: bare pods, pods of Jobs, and leftovers of workloads that are healthy again (evicted pods remain until they are deleted). A Job that failed is a failure, for a CronJob only if its newest run failed.",
  needs: ["cluster/api"],
  async run({ kube, workloads, now, kubectl }) {
    const [pods, jobs, lost, { broken }] = await Promise.all([
      kube.pods(),
      kube.jobs(),
      lostNodes(kube.nodes),
      workloads(),
    ]);
    const finished = new Set(jobs.filter(isFinished).map((job) => keyOf("Job", job.metadata)));
    const told = (pod: PodObject): boolean => {
      const owner = ownerOf(pod);
      if (owner === undefined) return false;
      const key = workloadKey(owner.kind, pod.metadata.namespace, owner.name);
      return broken.has(key) || finished.has(key);
    };
    const failed = failedJobs(jobs).map(({ job, reason }): CheckFinding => ({
      id,
      severity: "fail",
      subject: `job ${job.metadata.namespace}/${job.metadata.name}`,
      summary: reason,
      fix: `${kubectl} -n ${job.metadata.namespace} describe job ${job.metadata.name}`,
    }));
    const single = pods.troubled.filter((pod) => !told(pod)).flatMap((pod) => judgePod(pod, lost, now(), kubectl));
    const findings = [...failed, ...single];
    if (findings.length > 0) return findings;
    const { total } = pods;
    const summary = "no further problems";
    return withWell([], { id, count: total, one: "pod", summary, evidence: { total }, none: "there are none" });
  },
};

function keyOf(kind: string, { namespace, name }: { readonly namespace?: string; readonly name: string }): string {
  return workloadKey(kind, namespace, name);
}

function judgePod(pod: PodObject, lost: ReadonlySet<string>, now: number, kubectl: string): CheckFinding[] {
  const node = pod.spec?.nodeName ?? "";
  const trouble = troubleOf(pod, lost);
  if (!trouble.definite && now - trouble.since < patienceMs) return [];
  // A pod with an owner is replaced or retried; one without an owner stays as it is.
  const owned = ownerOf(pod) !== undefined;
  return [
    {
      id,
      severity: owned || !trouble.definite ? "warn" : "fail",
      subject: `pod ${pod.metadata.namespace}/${pod.metadata.name}`,
      summary: trouble.summary,
      fix: lookAt(pod, trouble, kubectl),
      symptomOf: lost.has(node)
        ? { id: "nodes/ready", about: nodeKey(node) }
        : probesOf(workloadKey("Pod", pod.metadata.namespace, pod.metadata.name)),
    },
  ];
}
