import { isDeepStrictEqual } from "node:util";
import { AppError } from "../../src/core/error.ts";
import type { Cluster, ListQuery, ObjectRef, WatchEvent } from "../../src/k8s/port.ts";
import { patched } from "./apply-patch.ts";
import { matches, ofGroup, selected } from "./list-query.ts";
import { mustBeUsed } from "./must-be-used.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";

export interface MemoryCluster {
  readonly cluster: Cluster;
  readonly objects: Map<string, KubeObject>;
  /** Kinds that are not served, because their CRDs are not installed. */
  readonly unserved: Set<string>;
  /** Keys of objects with a field that another manager owns, until an apply takes it by force. */
  readonly owned: Set<string>;
  /** Lines of the API server's metrics. */
  readonly metrics: string[];
  /** Writes like a controller or another user; watches see it. */
  store(object: KubeObject): KubeObject;
}

export function keyOf({ kind, metadata }: Pick<KubeObject, "kind" | "metadata">): string {
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}

const clusterWide = new Set(["Namespace", "Node", "StorageClass", "ClusterSecretStore", "ClusterExternalSecret"]);
const alwaysThere = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);
/** Kinds whose status is a subresource: a write of the object itself does not change it. */
const ownStatus = new Set(["Deployment", "StatefulSet", "DaemonSet", "Pod", "Job", "ExternalSecret", "PushSecret"]);
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const named = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const labelled = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;

/** Returns why an API server rejects an object; undefined if it accepts it. */
function objection(object: KubeObject, before: KubeObject | undefined): string | undefined {
  const { metadata } = object;
  if (!named.test(metadata.name)) return `metadata.name: Invalid value: "${metadata.name}"`;
  const labels = Object.entries(metadata.labels ?? {});
  const bad = labels.find(([key, value]) => !labelled.test(value) || !labelled.test(key.split("/").at(-1) ?? ""));
  if (bad !== undefined) return `metadata.labels: Invalid value: "${bad.join("=")}"`;
  if (before === undefined) return undefined;
  if (metadata.name !== before.metadata.name || metadata.namespace !== before.metadata.namespace) {
    return "metadata: Invalid value: field is immutable";
  }
  const specs = [before["spec"], object["spec"]].map((spec) => (spec ?? {}) as Readonly<Record<string, unknown>>);
  for (const field of object.kind === "Job" ? ["selector", "template"] : ["selector"]) {
    const workload = ["Deployment", "StatefulSet", "DaemonSet", "Job"].includes(object.kind);
    const [old, now] = specs.map((spec) => spec[field]);
    if (workload && !isDeepStrictEqual(old, now)) return `spec.${field}: Invalid value: field is immutable`;
  }
  const fixed = ["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"];
  const changed = fixed.find((field) => !isDeepStrictEqual(before[field], object[field]));
  if (object.kind === "StorageClass" && changed !== undefined) return `updates to ${changed} are forbidden.`;
  const frozen = before["immutable"] === true && !isDeepStrictEqual(before["data"], object["data"]);
  return frozen ? "data: Forbidden: field is immutable when `immutable` is set" : undefined;
}

/**
 * An in-memory API server: stores objects with the fields that a server adds, and notifies watches. Rejects what an API
 * server rejects, with the errors of the adapter.
 */
export function memoryCluster(name: string): MemoryCluster {
  const objects = new Map<string, KubeObject>();
  const unserved = new Set<string>();
  const owned = new Set<string>();
  const metrics: string[] = [];
  const listeners = new Set<(event: WatchEvent<KubeObject>) => void>();
  const asked = new Set<string>();
  let revision = 0;
  const keyOfRef = ({ kind, name: own, namespace }: ObjectRef): string => `${kind} ${namespace ?? ""}/${own}`;
  const versioned = (object: KubeObject): KubeObject => {
    const metadata = { ...object.metadata, uid: keyOf(object), resourceVersion: String(++revision) };
    return { ...object, metadata };
  };
  const need = (kind: string): void => {
    asked.add(kind);
    if (!unserved.has(kind)) return;
    throw new AppError("KUBE_KIND_NOT_SERVED", `${name} serves no ${kind}.`);
  };
  const admit = (object: KubeObject): KubeObject => {
    const before = objects.get(keyOf(object));
    const problem = objection(object, before);
    if (problem !== undefined) throw new AppError("KUBE_REJECTED", `${keyOf(object)} is invalid: ${problem}`);
    const { namespace } = object.metadata;
    if (before === undefined && namespace !== undefined && !clusterWide.has(object.kind)) {
      const there = alwaysThere.has(namespace) || objects.has(`Namespace /${namespace}`);
      if (!there) throw new AppError("KUBE_REJECTED", `namespaces "${namespace}" not found`);
    }
    const { status: _, ...rest } = object;
    if (!ownStatus.has(object.kind)) return object;
    return before?.["status"] === undefined ? rest : { ...rest, status: before["status"] };
  };
  const demandVersion = (object: KubeObject): void => {
    const key = keyOf(object);
    const { resourceVersion, uid } = object.metadata;
    const before = objects.get(key)?.metadata;
    const same =
      (resourceVersion === undefined || resourceVersion === before?.resourceVersion) &&
      (uid === undefined || uid === before?.["uid"]);
    if (!same) throw new AppError("KUBE_CONFLICT", `${key}: the object has been modified`);
  };
  mustBeUsed("kinds that are not served", () => [...unserved].filter((kind) => !asked.has(kind)));
  const store = (object: KubeObject): KubeObject => {
    const stored = versioned(object);
    objects.set(keyOf(object), stored);
    for (const tell of listeners) tell({ type: "changed", object: stored });
    return stored;
  };
  const present = (key: string): KubeObject => {
    const object = objects.get(key);
    if (object === undefined) throw new AppError("KUBE_REJECTED", `${key} not found`);
    return object;
  };
  return {
    objects,
    unserved,
    owned,
    metrics,
    store,
    cluster: {
      name,
      kubectl: `kubectl --context ${name}`,
      version: async () => "v1.34.0",
      metrics: async () => metrics.join("\n"),
      serves: async (_apiVersion, kind) => {
        asked.add(kind);
        return !unserved.has(kind);
      },
      get: async (ref): Promise<KubeObject | undefined> => {
        need(ref.kind);
        if (ref.name === "kube-system") return { ...ref, metadata: { name: ref.name } };
        const object = objects.get(keyOfRef(ref));
        return object !== undefined && ofGroup(object, ref) ? object : undefined;
      },
      list: async function* <T extends KubeObject>(query: ListQuery) {
        need(query.kind);
        yield selected(objects.values(), query) as unknown as readonly T[];
      },
      table: async function* (query: ListQuery) {
        need(query.kind);
        const found = selected(objects.values(), query);
        yield { columns: ["Name"], rows: found.map(({ metadata }) => [metadata.name]) };
      },
      watch: async function* <T extends KubeObject>(query: ListQuery, signal: AbortSignal) {
        need(query.kind);
        const waiting: WatchEvent<KubeObject>[] = [{ type: "listed", objects: selected(objects.values(), query) }];
        let wake = (): void => undefined;
        const listener = (event: WatchEvent<KubeObject>): void => {
          if ("object" in event && matches(event.object, query)) waiting.push(event);
          wake();
        };
        listeners.add(listener);
        try {
          for (;;) {
            signal.throwIfAborted();
            yield* waiting.splice(0) as unknown as WatchEvent<T>[];
            if (waiting.length > 0 || signal.aborted) continue;
            await new Promise<void>((resolve) => {
              wake = resolve;
              signal.addEventListener("abort", () => resolve(), { once: true });
            });
          }
        } finally {
          listeners.delete(listener);
        }
      },
      apply: async (object, { dryRun, force }) => {
        const key = keyOf(object);
        need(object.kind);
        if (object.metadata["managedFields"] !== undefined) {
          throw new AppError("KUBE_REJECTED", "metadata.managedFields must be nil");
        }
        demandVersion(object);
        if (owned.has(key) && force !== true) throw new AppError("KUBE_CONFLICT", `${key}: owned by "someone"`);
        const applied = { status: {}, ...admit(object) };
        if (dryRun === true) return versioned(applied);
        owned.delete(key);
        return store(applied);
      },
      replace: async (object) => {
        need(object.kind);
        present(keyOf(object));
        if (object.metadata.resourceVersion === undefined) {
          const problem = "metadata.resourceVersion: Invalid value: 0x0: must be specified for an update";
          throw new AppError("KUBE_REJECTED", `${keyOf(object)} is invalid: ${problem}`);
        }
        demandVersion(object);
        return store(admit(object));
      },
      patch: async (ref, patch, { dryRun }) => {
        need(ref.kind);
        const before = present(keyOfRef(ref));
        const object = patched(before, patch);
        if (object.metadata.resourceVersion !== before.metadata.resourceVersion) {
          throw new AppError("KUBE_CONFLICT", `${keyOfRef(ref)}: the object has been modified`);
        }
        const moved = object.metadata.name !== ref.name || object.metadata.namespace !== before.metadata.namespace;
        if (moved) throw new AppError("KUBE_REJECTED", `${keyOfRef(ref)} is invalid: metadata: field is immutable`);
        return dryRun === true ? versioned(admit(object)) : store(admit(object));
      },
      delete: async (ref) => {
        need(ref.kind);
        const object = objects.get(keyOfRef(ref));
        if (object === undefined) return;
        if (((object.metadata["finalizers"] as readonly string[] | undefined) ?? []).length > 0) {
          const deletionTimestamp = object.metadata["deletionTimestamp"] ?? "2026-01-02T03:04:05Z";
          store({ ...object, metadata: { ...object.metadata, deletionTimestamp } });
          return;
        }
        objects.delete(keyOfRef(ref));
        for (const tell of listeners) tell({ type: "deleted", object });
      },
      askPod: async () => Promise.reject(new Error("there are no pods in memory")),
      exec: () => Promise.reject(new Error("nothing runs in these pods")),
      log: () => Promise.reject(new Error("nothing runs in these pods")),
      close: async () => undefined,
    },
  };
}
