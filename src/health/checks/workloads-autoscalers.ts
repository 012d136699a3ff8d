import type { Check } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import { shell } from "../../core/shell-words.ts";
import type { HealthContext } from "../health-context.ts";
import type { AutoscalerObject } from "../kube-objects.ts";
import { withWell } from "../with-well.ts";
import { condition } from "../../core/kubernetes/object.ts";

const id = "workloads/autoscalers";

export const workloadsAutoscalers: Check<HealthContext> = {
  id,
  title: "autoscalers",
  explain:
    "A HorizontalPodAutoscaler is a warning if it gets no metrics (ScalingActive is False: it neither adds nor removes pods), if it cannot scale its target (AbleToScale is False), and if it needs more pods than its maximum, so that there is no room for more load. One that has not been evaluated yet is unknown. One whose target has no replicas is off, and is not checked.",
  needs: ["cluster/api"],
  async run({ kube, kubectl }) {
    const autoscalers = await kube.autoscalers();
    if (autoscalers.length === 0) return [];
    const judged = autoscalers.filter((each) => !isOff(each));
    const findings = judged.flatMap((each) => judge(each, kubectl));
    return withWell(findings, {
      id,
      count: judged.length - findings.length,
      one: "autoscaler",
      summary: "below their maximum",
      none: "all of them are off: their targets have no replicas",
    });
  },
};

function isOff(autoscaler: AutoscalerObject): boolean {
  return condition(autoscaler, "ScalingActive")?.reason === "ScalingDisabled";
}

function judge(autoscaler: AutoscalerObject, kubectl: string): Finding[] {
  const { namespace = "default", name } = autoscaler.metadata;
  const { maxReplicas, scaleTargetRef } = autoscaler.spec;
  const { currentReplicas = 0, desiredReplicas = 0, conditions = [] } = autoscaler.status ?? {};
  const target = `${scaleTargetRef.kind.toLowerCase()} ${scaleTargetRef.name}`;
  const observe = (severity: "warn" | "unknown", summary: string): Finding[] => [
    {
      id,
      severity,
      subject: `horizontalpodautoscaler ${namespace}/${name}`,
      summary,
      fix: `${kubectl} ${shell`-n ${namespace} describe hpa ${name}`}`,
      evidence: { current: currentReplicas, desired: desiredReplicas, most: maxReplicas },
    },
  ];
  if (conditions.length === 0)
    return observe("unknown", `has not been evaluated yet; ${target} stays at ${currentReplicas} replicas`);
  const able = condition(autoscaler, "AbleToScale");
  if (able?.status === "False" && able.reason !== "BackoffBoth" && able.reason !== "BackoffDownscale") {
    return observe("warn", `cannot scale ${target}: ${able.message ?? able.reason ?? "AbleToScale is False"}`);
  }
  const active = condition(autoscaler, "ScalingActive");
  if (active?.status !== "True") {
    const why = active?.message ?? active?.reason ?? "ScalingActive is unknown";
    return observe("warn", `does not scale ${target}, because it has no metrics: ${why}`);
  }
  const limited = condition(autoscaler, "ScalingLimited");
  const isAtMost = limited?.status === "True" && limited.reason === "TooManyReplicas";
  if (!isAtMost && !(currentReplicas >= maxReplicas && limited?.status !== "False")) return [];
  return observe("warn", `${target} is at its maximum of ${maxReplicas} replicas, but needs more`);
}
