import { describe, expect, it } from "vitest";
import { isRolledOut, replicasOf, rolloutOf, rolloutText, whyNotReplaced, type WorkloadObject } from "./workload.ts";

function workload(kind: string, spec: object = {}, status: object = {}): WorkloadObject {
  const metadata = { name: "orders", namespace: "shop", generation: 2 };
  const counts = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  return { apiVersion: "apps/v1", kind, metadata, spec: { replicas: 2, ...spec }, status: { ...counts, ...status } };
}

describe("a rollout", () => {
  it.each([
    ["Deployment", {}, {}, "done"],
    ["Deployment", {}, { observedGeneration: 1 }, "its controller has not seen the change yet"],
    ["Deployment", {}, { updatedReplicas: 1 }, "1 of 2 pods are new, 2 available, 1 old ones left"],
    ["Deployment", {}, { replicas: 3 }, "2 of 2 pods are new, 2 available, 1 old ones left"],
    ["Deployment", {}, { availableReplicas: 1 }, "2 of 2 pods are new, 1 available"],
    ["StatefulSet", {}, { updatedReplicas: 1 }, "1 of 2 pods are new, 2 available"],
    ["DaemonSet", {}, { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 }, "done"],
    [
      "DaemonSet",
      {},
      { desiredNumberScheduled: 3, updatedNumberScheduled: 1, numberAvailable: 2 },
      "1 of 3 pods are new, 2 available",
    ],
    ["Deployment", { replicas: 0 }, { replicas: 0, updatedReplicas: 0, availableReplicas: 0 }, "done"],
  ])("The progress of a rollout follows from the counts: %s %j %j", (kind, spec, status, expected) => {
    const rollout = rolloutOf(workload(kind, spec, status));
    expect(isRolledOut(rollout) ? "done" : rolloutText(rollout)).toBe(expected);
  });

  it("A stalled rollout has the reason that Kubernetes reports", () => {
    const conditions = [
      { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "timed out" },
    ];
    const rollout = rolloutOf(workload("Deployment", {}, { updatedReplicas: 1, conditions }));
    expect(rollout).toMatchObject({ stalled: "timed out", rolling: true });
    expect(isRolledOut(rollout)).toBe(false);
  });

  it("A rollout with pods that keep an older template on purpose is over, but not complete", () => {
    const partition = { updateStrategy: { rollingUpdate: { partition: 1 } } };
    const rollout = rolloutOf(workload("StatefulSet", partition, { updatedReplicas: 1 }));
    expect(rollout.rolling).toBe(false);
    expect(isRolledOut(rollout)).toBe(false);
    const onDelete = { updateStrategy: { type: "OnDelete" } };
    expect(rolloutOf(workload("StatefulSet", onDelete, { updatedReplicas: 0 })).rolling).toBe(false);
  });

  it("A StatefulSet's ready pods are counted if Kubernetes reports no available ones", () => {
    const { availableReplicas: _, ...counts } = { ...workload("StatefulSet").status, readyReplicas: 1 };
    expect(replicasOf({ kind: "StatefulSet", spec: { replicas: 2 }, status: counts })).toEqual({
      desired: 2,
      available: 1,
    });
  });

  it.each([
    ["Deployment", { paused: true }, "paused"],
    ["StatefulSet", { updateStrategy: { type: "OnDelete" } }, "OnDelete"],
    ["StatefulSet", { updateStrategy: { rollingUpdate: { partition: 1 } } }, "below 1"],
    ["DaemonSet", { updateStrategy: { type: "RollingUpdate" } }, undefined],
  ])("A change of the pod template may not replace the pods: %s %j", (kind, spec, why) => {
    expect(whyNotReplaced(workload(kind, spec)) ?? "it brings new ones").toContain(why ?? "it brings new ones");
  });
});
