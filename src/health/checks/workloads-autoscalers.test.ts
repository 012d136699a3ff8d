import { describe, expect, it } from "vitest";
import { askOne } from "../../../test/support/health-trial.ts";
import type { Finding } from "../../core/finding.ts";
import type { AutoscalerObject } from "../kube-objects.ts";
import { workloadsAutoscalers } from "./workloads-autoscalers.ts";
import type { Condition } from "../../core/kubernetes/object.ts";

const ready: Condition[] = [
  { type: "AbleToScale", status: "True", reason: "ReadyForNewScale" },
  { type: "ScalingActive", status: "True", reason: "ValidMetricFound" },
  { type: "ScalingLimited", status: "False", reason: "DesiredWithinRange" },
];
const autoscaler = (conditions: readonly Condition[], currentReplicas = 2): AutoscalerObject => ({
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "orders", namespace: "shop" },
  spec: { minReplicas: 2, maxReplicas: 6, scaleTargetRef: { kind: "Deployment", name: "orders" } },
  status: { currentReplicas, desiredReplicas: currentReplicas, conditions },
});
const withCondition = (type: string, status: "True" | "False", reason: string, message = ""): Condition[] =>
  ready.map((each) => (each.type === type ? { type, status, reason, message } : each));
const findingsOf = async (...objects: AutoscalerObject[]): Promise<readonly Finding[]> =>
  (await askOne(workloadsAutoscalers, { objects })).findings;

describe("workloads/autoscalers", () => {
  it("An autoscaler below its maximum is ok, and without autoscalers there is no finding", async () => {
    expect(await findingsOf(autoscaler(ready))).toMatchObject([{ severity: "ok", subject: "1 autoscaler" }]);
    expect(await findingsOf()).toEqual([]);
  });

  it("An autoscaler without metrics is a warning", async () => {
    const message = "the HPA was unable to compute the replica count: failed to get cpu utilization";
    expect(
      await findingsOf(autoscaler(withCondition("ScalingActive", "False", "FailedGetResourceMetric", message))),
    ).toMatchObject([
      {
        severity: "warn",
        subject: "horizontalpodautoscaler shop/orders",
        summary: `does not scale deployment orders, because it has no metrics: ${message}`,
        fix: "kubectl --context eu -n shop describe hpa orders",
      },
    ]);
  });

  it("An autoscaler at its maximum is a warning if more pods are needed", async () => {
    const limited = withCondition(
      "ScalingLimited",
      "True",
      "TooManyReplicas",
      "the desired replica count is more than the maximum",
    );
    expect(await findingsOf(autoscaler(limited, 6))).toMatchObject([
      { severity: "warn", summary: "deployment orders is at its maximum of 6 replicas, but needs more" },
    ]);
    expect(await findingsOf(autoscaler(ready, 6))).toMatchObject([{ severity: "ok" }]);
    const atLeast = withCondition("ScalingLimited", "True", "TooFewReplicas");
    expect(await findingsOf(autoscaler(atLeast))).toMatchObject([{ severity: "ok" }]);
  });

  it("An autoscaler whose target cannot be scaled is a warning", async () => {
    const message = 'deployments.apps "orders" not found';
    expect(
      await findingsOf(autoscaler(withCondition("AbleToScale", "False", "FailedGetScale", message))),
    ).toMatchObject([{ severity: "warn", summary: `cannot scale deployment orders: ${message}` }]);
  });

  it("An autoscaler whose target is scaled to zero is not checked, and one that was not evaluated yet is unknown", async () => {
    expect(await findingsOf(autoscaler(withCondition("ScalingActive", "False", "ScalingDisabled"), 0))).toMatchObject([
      { severity: "skip", summary: "all of them are off: their targets have no replicas" },
    ]);
    expect(await findingsOf(autoscaler([]))).toMatchObject([{ severity: "unknown" }]);
  });
});
