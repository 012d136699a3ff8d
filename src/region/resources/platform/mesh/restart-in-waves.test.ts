import { describe, expect, it } from "vitest";
import type { WorkloadObject } from "../../../../core/kubernetes/workload.ts";
import { wavesOf } from "./restart-in-waves.ts";
import { takesPodsAway } from "./takes-pods-away.ts";

const deployment = (namespace: string, name: string) => ({ kind: "Deployment", namespace, name });

describe("the waves of a restart", () => {
  it("One workload is first and alone, then come five at once, and the gateway is last", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    const shuffled = [
      deployment("istio-ingress", "istio-ingress"),
      ...names.toReversed().map((name) => deployment("shop", name)),
      deployment("shop", "a"),
    ];
    expect(wavesOf(shuffled).map((wave) => wave.map(({ name }) => name))).toEqual([
      ["a"],
      ["b", "c", "d", "e", "f"],
      ["g"],
      ["istio-ingress"],
    ]);
  });

  it("Without workloads, there are no waves", () => expect(wavesOf([])).toEqual([]));
});

describe("takesPodsAway", () => {
  it.each([
    ["Deployment", { replicas: 3 }, false],
    ["Deployment", { replicas: 4 }, true],
    ["Deployment", { replicas: 2, strategy: { type: "Recreate" } }, true],
    ["Deployment", { replicas: 8, strategy: { rollingUpdate: { maxUnavailable: 0 } } }, false],
    ["Deployment", { replicas: 8, strategy: { rollingUpdate: { maxUnavailable: "10%" } } }, false],
    ["Deployment", { replicas: 1, strategy: { rollingUpdate: { maxUnavailable: 1 } } }, true],
    ["StatefulSet", { replicas: 3 }, true],
    ["DaemonSet", {}, true],
  ])("A rollout of a %s with %o takes pods away before new ones are available: %s", (kind, spec, expected) => {
    const object = { apiVersion: "apps/v1", kind, metadata: { name: "orders" }, spec } as WorkloadObject;
    expect(takesPodsAway(object)).toBe(expected);
  });
});
