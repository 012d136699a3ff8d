import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import { availabilityOf } from "./workload.ts";

const workload = (kind: string, spec: object, status: object, generation = 1): KubeObject => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "orders", namespace: "shop", generation },
  spec,
  status,
});

describe("judge", () => {
  it("A Deployment is available when every replica of this generation is", () => {
    const status = { observedGeneration: 1, availableReplicas: 3, updatedReplicas: 3 };
    expect(availabilityOf(workload("Deployment", { replicas: 3 }, status))).toMatchObject({ available: true, ready: 3 });
  });

  it.each([
    ["its counts are of an older generation", { observedGeneration: 1, availableReplicas: 3, updatedReplicas: 3 }, 2],
    ["old pods are still running", { observedGeneration: 1, availableReplicas: 3, updatedReplicas: 1 }, 1],
    ["it has no status yet", {}, 1],
  ])("A Deployment is not available if %s", (_what, status, generation) => {
    expect(availabilityOf(workload("Deployment", { replicas: 3 }, status, generation)).available).toBe(false);
  });

  it("Jobs, DaemonSets and StatefulSets are judged by their own counts", () => {
    expect(availabilityOf(workload("Job", {}, { succeeded: 1 })).available).toBe(true);
    const daemon = { observedGeneration: 1, desiredNumberScheduled: 2, numberReady: 1, updatedNumberScheduled: 2 };
    expect(availabilityOf(workload("DaemonSet", {}, daemon))).toMatchObject({ available: false, ready: 1, desired: 2 });
    const stateful = { observedGeneration: 1, readyReplicas: 1, updatedReplicas: 1 };
    expect(availabilityOf(workload("StatefulSet", {}, stateful)).available).toBe(true);
  });
});
