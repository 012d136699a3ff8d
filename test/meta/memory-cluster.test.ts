import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";
import { type MemoryCluster, memoryCluster } from "../support/memory-cluster.ts";

const { signal } = new AbortController();
const metadata = { name: "orders", namespace: "shop" };
const deployment: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata,
  spec: { replicas: 1, selector: { matchLabels: { app: "orders" } } },
};
const job: KubeObject = { apiVersion: "batch/v1", kind: "Job", metadata, spec: { template: { spec: { image: "a" } } } };
const frozen: KubeObject = { apiVersion: "v1", kind: "Secret", metadata, immutable: true, data: { a: "" } };
const config: KubeObject = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "b" } };

function made(): MemoryCluster {
  const memory = memoryCluster("eu");
  for (const name of ["shop", "ops"]) memory.store({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  for (const each of [deployment, job, frozen, config]) memory.store(each);
  return memory;
}

const named = (name: string, more: object = {}): KubeObject => ({
  ...config,
  metadata: { ...metadata, name, ...more },
});

describe("what the in-memory API server rejects", () => {
  it.each<readonly [what: string, code: string, words: string, call: (memory: MemoryCluster) => Promise<unknown>]>([
    [
      "an object in a namespace that does not exist",
      "KUBE_REJECTED",
      'namespaces "mars" not found',
      ({ cluster }) => cluster.apply(named("a", { namespace: "mars" }), {}, signal),
    ],
    [
      "a name in upper case",
      "KUBE_REJECTED",
      "metadata.name",
      ({ cluster }) => cluster.apply(named("Orders"), {}, signal),
    ],
    [
      "a label with a space",
      "KUBE_REJECTED",
      "metadata.labels",
      ({ cluster }) => cluster.apply(named("a", { labels: { app: "a b" } }), {}, signal),
    ],
    [
      "managed fields in an apply",
      "KUBE_REJECTED",
      "managedFields",
      ({ cluster }) => cluster.apply(named("a", { managedFields: [] }), {}, signal),
    ],
    [
      "another selector of a Deployment",
      "KUBE_REJECTED",
      "spec.selector",
      ({ cluster }) =>
        cluster.patch({ ...deployment, ...metadata }, { merge: { spec: { selector: null } } }, {}, signal),
    ],
    [
      "another template of a Job",
      "KUBE_REJECTED",
      "spec.template",
      ({ cluster }) => cluster.apply({ ...job, spec: { template: { spec: { image: "b" } } } }, {}, signal),
    ],
    [
      "other data of an immutable Secret",
      "KUBE_REJECTED",
      "immutable",
      ({ cluster }) => cluster.apply({ ...frozen, data: { a: "Yg==" } }, {}, signal),
    ],
    [
      "another name in a patch",
      "KUBE_REJECTED",
      "immutable",
      ({ cluster }) => cluster.patch({ ...config, ...metadata }, { merge: { metadata: { name: "b" } } }, {}, signal),
    ],
    [
      "a patch of an object that does not exist",
      "KUBE_REJECTED",
      "not found",
      ({ cluster }) => cluster.patch({ ...config, name: "a", namespace: "shop" }, { merge: {} }, {}, signal),
    ],
    [
      "the removal of a field that does not exist",
      "KUBE_REJECTED",
      "/data/b",
      ({ cluster }) =>
        cluster.patch({ ...config, ...metadata }, { json: [{ op: "remove", path: "/data/b" }] }, {}, signal),
    ],
    [
      "a field in a parent that does not exist",
      "KUBE_REJECTED",
      "/spec/a",
      ({ cluster }) =>
        cluster.patch({ ...config, ...metadata }, { json: [{ op: "add", path: "/spec/a", value: 1 }] }, {}, signal),
    ],
    [
      "a replacement without a resourceVersion",
      "KUBE_REJECTED",
      "metadata.resourceVersion",
      ({ cluster }) => cluster.replace(config, signal),
    ],
    [
      "a replacement of an older state",
      "KUBE_CONFLICT",
      "modified",
      ({ cluster }) => cluster.replace(named("orders", { resourceVersion: "1" }), signal),
    ],
    [
      "an apply to an older state",
      "KUBE_CONFLICT",
      "modified",
      ({ cluster }) => cluster.apply(named("orders", { resourceVersion: "1" }), {}, signal),
    ],
    [
      "an apply to an object of another uid",
      "KUBE_CONFLICT",
      "modified",
      ({ cluster }) => cluster.apply(named("orders", { uid: "another" }), {}, signal),
    ],
    [
      "an apply of a field that another manager owns",
      "KUBE_CONFLICT",
      "owned by",
      ({ cluster, owned }) => {
        owned.add("ConfigMap shop/orders");
        return cluster.apply(config, {}, signal);
      },
    ],
    [
      "a list by a field that it does not index",
      "KUBE_REJECTED",
      "field label not supported: spec.replicas",
      async ({ cluster }) => {
        const query = { apiVersion: "apps/v1", kind: "Deployment", fieldSelector: "spec.replicas=1" };
        return cluster.list(query, signal)[Symbol.asyncIterator]().next();
      },
    ],
    [
      "a kind that it does not serve",
      "KUBE_KIND_NOT_SERVED",
      "Widget",
      ({ cluster, unserved }) => {
        unserved.add("Widget");
        return cluster.get({ apiVersion: "example/v1", kind: "Widget", name: "a" }, signal);
      },
    ],
  ])("The in-memory API server rejects %s: %s", async (_what, code, words, call) => {
    const memory = made();
    const before = structuredClone([...memory.objects]);
    const message = expect.stringContaining(words) as string;
    await expect(call(memory)).rejects.toMatchObject({ code, message });
    expect([...memory.objects]).toEqual(before);
  });
});

describe("the in-memory API server", () => {
  it("The in-memory API server only marks an object with a finalizer as deleted", async () => {
    const { cluster, objects, store } = made();
    store(named("orders", { finalizers: ["example/wait"] }));
    await cluster.delete({ ...config, ...metadata }, signal);
    expect(objects.get("ConfigMap shop/orders")?.metadata["deletionTimestamp"]).toBeDefined();
  });

  it("The in-memory API server ignores the status in a write of the object itself", async () => {
    const { cluster, store } = made();
    store({ ...deployment, status: { replicas: 1 } });
    const written = await cluster.patch(
      { ...deployment, ...metadata },
      { merge: { status: { replicas: 2 } } },
      {},
      signal,
    );
    expect(written["status"]).toEqual({ replicas: 1 });
  });

  it("The in-memory API server distinguishes objects of the same kind in different API groups", async () => {
    const { cluster } = made();
    expect(await cluster.get({ apiVersion: "example/v1", kind: "ConfigMap", ...metadata }, signal)).toBeUndefined();
    expect(await cluster.get({ apiVersion: "v1", kind: "ConfigMap", ...metadata }, signal)).toMatchObject(config);
  });

  it("A forced apply takes a field that another manager owns", async () => {
    const { cluster, owned } = made();
    owned.add("ConfigMap shop/orders");
    expect(await cluster.apply(config, { force: true }, signal)).toMatchObject(config);
    expect([...owned]).toEqual([]);
  });
});
