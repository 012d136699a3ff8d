import { expect, it } from "vitest";
import { memoryHost } from "../../../test/support/host.ts";
import { keyOf, memoryCluster } from "../../../test/support/memory-cluster.ts";
import { AppError } from "../../../src/core/error.ts";
import type { Cluster } from "../../../src/k8s/port.ts";
import { runManifests } from "./run-manifests.ts";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";

const migration: KubeObject = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: {
    name: "migrate",
    namespace: "orders",
    annotations: { "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation" },
  },
};

it("A hook's Job is deleted and created again, because it cannot be changed", async () => {
  const { cluster: memory, objects, store } = memoryCluster("eu");
  store({ apiVersion: "v1", kind: "Namespace", metadata: { name: "orders" } });
  let leaving = 2;
  const cluster: Cluster = {
    ...memory,
    apply: async (object, options, signal) => {
      if (objects.has(keyOf(object))) throw new AppError("KUBE_REJECTED", "field is immutable");
      return memory.apply(object, options, signal);
    },
    // Its finalizer delays the deletion.
    delete: async () => undefined,
    get: async (ref, signal) => {
      leaving -= 1;
      if (leaving < 0) await memory.delete(ref, signal);
      return memory.get(ref, signal);
    },
  };
  await memory.apply(migration, {}, new AbortController().signal);
  const setting = { host: memoryHost(), emit: () => undefined, signal: new AbortController().signal };
  const { applied } = await runManifests(cluster, [migration], 0, setting, () => undefined);
  expect(applied).toMatchObject([{ kind: "Job", name: "migrate" }]);
  expect(leaving).toBeLessThan(0);
});
