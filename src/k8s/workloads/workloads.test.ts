import { describe, expect, it } from "vitest";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { Consumer } from "./port.ts";
import { isOwnedBy } from "./pods.ts";
import { secretUses } from "./secret-uses.ts";
import { createWorkloads } from "./workloads.ts";
import type { WorkloadObject } from "../../core/kubernetes/workload.ts";

const { signal } = new AbortController();

function workload(kind: string, spec: object = {}, status: object = {}): WorkloadObject {
  const metadata = { name: "orders", namespace: "shop", generation: 2 };
  const counts = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  return { apiVersion: "apps/v1", kind, metadata, spec: { replicas: 2, ...spec }, status: { ...counts, ...status } };
}

describe("how a pod gets a Secret's values", () => {
  const volumes = [
    { name: "whole", secret: { secretName: "db" } },
    { name: "some", secret: { secretName: "db", items: [{ key: "a", path: "deep/a" }] } },
    { name: "mixed", projected: { sources: [{ secret: { name: "db" } }, { secret: { name: "other" } }] } },
    { name: "other", secret: { secretName: "other" } },
  ];
  const mounted = (name: string, more: object = {}) => ({ volumeMounts: [{ name, mountPath: "/etc/db/", ...more }] });
  it.each([
    [
      "a variable",
      { env: [{ name: "P", valueFrom: { secretKeyRef: { name: "db", key: "a" } } }] },
      [["variable", "P", "a"]],
    ],
    ["all variables", { envFrom: [{ prefix: "DB_", secretRef: { name: "db" } }] }, [["variable", "DB_", undefined]]],
    ["a volume", mounted("whole"), [["file", "/etc/db/", undefined]]],
    ["some files", mounted("some"), [["file", "/etc/db/deep/a", "a"]]],
    ["one file", mounted("some", { subPath: "deep/a" }), [["file", "/etc/db", "a"]]],
    ["one file of all", mounted("whole", { subPath: "b" }), [["file", "/etc/db", "b"]]],
    ["a projected volume", mounted("mixed"), [["file", "/etc/db/", undefined]]],
    ["another Secret", { ...mounted("other"), env: [{ name: "X" }] }, undefined],
  ])("%s", (_what, container, expected) => {
    const uses = secretUses({ containers: [{ name: "app", ...container }], volumes }, "db");
    expect(uses?.map(({ as, at, key }) => [as, at, key])).toEqual(expected);
  });

  it("Values of init containers are known, too, although they can no longer be asked", () => {
    const envFrom = [{ secretRef: { name: "db" } }];
    expect(secretUses({ containers: [{ name: "app" }], initContainers: [{ name: "init", envFrom }] }, "db")).toEqual(
      [],
    );
  });
});

it("A Deployment only owns the pods of its own ReplicaSets, even if the names of others begin with its name", () => {
  const pod = (owner: string, labels = {}) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", labels, ownerReferences: [{ kind: "ReplicaSet", name: owner, controller: true }] },
  });
  const orders = { kind: "Deployment", name: "orders" } as const;
  const hash = { "pod-template-hash": "6f7" };
  expect(isOwnedBy(pod("orders-6f7", hash), orders)).toBe(true);
  expect(isOwnedBy(pod("orders-api-6f7", hash), orders)).toBe(false);
  expect(isOwnedBy(pod("orders-6f7"), orders)).toBe(true);
});

describe("a restart", () => {
  it("A restart annotates the pod template, and waits for the rollout", async () => {
    const memory = memoryCluster("eu");
    const env = [{ name: "P", valueFrom: { secretKeyRef: { name: "db", key: "a" } } }];
    const template = { metadata: { annotations: { kept: "yes" } }, spec: { containers: [{ name: "app", env }] } };
    memory.store(workload("Deployment", { template, selector: { matchLabels: { app: "orders" } } }, { replicas: 3 }));
    const workloads = createWorkloads(memory.cluster, virtualClock());
    const [consumer] = (await workloads.consumers("shop", "db", signal)) as [Consumer];
    await workloads.restart(consumer, { "secrets.gennet.dev/x": "v2" }, signal);
    const stored = memory.objects.get("Deployment shop/orders") as WorkloadObject;
    expect(stored.spec.template?.metadata?.annotations).toEqual({
      kept: "yes",
      "secrets.gennet.dev/x": "v2",
      "kubectl.kubernetes.io/restartedAt": "2026-01-02T03:04:05.000Z",
    });
    const told: string[] = [];
    const patience = { patienceMs: 60_000, report: (detail: string) => void told.push(detail) };
    const rolledOut = workloads.untilRolledOut(consumer, patience, signal);
    memory.store(workload("Deployment"));
    await rolledOut;
    memory.store(workload("Deployment", {}, { replicas: 3 }));
    await expect(workloads.untilRolledOut(consumer, patience, signal)).rejects.toMatchObject({
      code: "ROLLOUT_NOT_DONE",
      message: "eu: Deployment shop/orders: 2 of 2 pods are new, 2 available, 1 old ones left after 1m00s",
    });
    expect(told[0]).toBe("Deployment shop/orders: 2 of 2 pods are new, 2 available, 1 old ones left");
  });
});
