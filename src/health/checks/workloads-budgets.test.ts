import { describe, expect, it } from "vitest";
import { askOne } from "../../../test/support/health-trial.ts";
import { crashing, deployment, node, pod, unready } from "../../../test/support/kube-objects.ts";
import type { Finding } from "../../core/finding.ts";
import { AppError } from "../../core/error.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { BudgetObject } from "../../core/kubernetes/disruption-budget.ts";
import { workloadsAvailable } from "./workloads-available.ts";
import { workloadsBudgets } from "./workloads-budgets.ts";

const budget = (status: BudgetObject["status"], matchLabels = { "pod-template-hash": "6f7" }): BudgetObject => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name: "orders", namespace: "shop" },
  spec: { selector: { matchLabels } },
  ...(status === undefined ? {} : { status }),
});
const findingsOf = async (...objects: KubeObject[]): Promise<readonly Finding[]> =>
  (await askOne(workloadsBudgets, { objects: [node("n1"), ...objects] }, [workloadsAvailable])).findings;
const blocked = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 3 };

describe("workloads/budgets", () => {
  it("No pods are read if every budget allows an eviction", async () => {
    const objects = [budget({ disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 })];
    const { findings, cluster } = await askOne(workloadsBudgets, { objects });
    expect(findings).toMatchObject([{ severity: "ok", subject: "1 disruption budget" }]);
    expect(cluster.reads).toEqual(["list PodDisruptionBudget"]);
  });

  it("A budget is a symptom of the workload whose unhealthy pods it selects, with the numbers", async () => {
    const short = deployment("orders", { availableReplicas: 2, readyReplicas: 2 });
    const objects = [short, pod("orders-1", crashing, "orders"), budget(blocked)];
    expect(await findingsOf(...objects)).toMatchObject([
      {
        severity: "warn",
        subject: "poddisruptionbudget shop/orders",
        summary: "allows no eviction because of deployment shop/orders: 2 of 3 pods healthy, 2 needed",
        cause: "workloads/available",
        causeSubject: "deployment shop/orders",
        fix: "kubectl --context eu -n shop describe poddisruptionbudget orders",
      },
    ]);
    const { findings } = await askOne(workloadsAvailable, { objects: [node("n1"), ...objects] });
    expect(findings[0]?.summary).toContain("2 of 3 available");
  });

  it("A budget is no symptom of unhealthy pods that it does not select", async () => {
    const short = deployment("orders", { availableReplicas: 2, readyReplicas: 2 });
    const [finding] = await findingsOf(
      short,
      pod("orders-1", unready, "orders"),
      budget(blocked, { "pod-template-hash": "other" }),
    );
    expect(finding).toMatchObject({ severity: "warn", summary: "allows no eviction: 2 of 3 pods healthy, 2 needed" });
    expect(finding).not.toHaveProperty("cause");
  });

  it("A budget that allows no eviction although all pods are healthy is a warning", async () => {
    expect(
      await findingsOf(budget({ disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 3, expectedPods: 3 })),
    ).toMatchObject([{ severity: "warn", summary: "never allows an eviction: 3 of 3 pods healthy, 3 needed" }]);
  });

  it("A budget fails if Kubernetes cannot count its pods", async () => {
    const message = "jobs.batch does not implement the scale subresource";
    const conditions = [{ type: "DisruptionAllowed", status: "False", reason: "SyncFailed", message }] as const;
    expect(await findingsOf(budget({ ...blocked, conditions }))).toMatchObject([
      { severity: "fail", summary: `allows no eviction, because its pods cannot be counted: ${message}` },
    ]);
  });

  it("A budget that selects no pods is skipped", async () => {
    const none = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    expect(await findingsOf(budget(none))).toMatchObject([{ severity: "ok" }]);
  });

  it("A budget is unknown if its controller has not evaluated it, or its newest spec", async () => {
    const none = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    const created = (status: BudgetObject["status"], generation: number): BudgetObject => {
      const { metadata, ...rest } = budget(status);
      return { ...rest, metadata: { ...metadata, generation } };
    };
    for (const each of [created(none, 1), created({ ...none, observedGeneration: 1 }, 2), budget(undefined)]) {
      expect(await findingsOf(each)).toMatchObject([{ severity: "unknown", summary: "has not been evaluated yet" }]);
    }
    expect(await findingsOf(created({ ...none, observedGeneration: 2 }, 2))).toMatchObject([{ severity: "ok" }]);
  });

  it("workloads/budgets is unknown if budgets cannot be read", async () => {
    const errors = { PodDisruptionBudget: new AppError("KUBE_DENIED", "forbidden") };
    const { findings } = await askOne(workloadsBudgets, { errors });
    expect(findings).toMatchObject([{ severity: "unknown", obstacle: "denied" }]);
  });
});
