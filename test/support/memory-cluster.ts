import { AppError } from "../../src/core/error.ts";
import type { Cluster, ListQuery, ObjectRef, WatchEvent } from "../../src/k8s/port.ts";
import { patched } from "./apply-patch.ts";
import { matches } from "./list-query.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";

export interface MemoryCluster {
  readonly cluster: Cluster;
  readonly objects: Map<string, KubeObject>;
  /** Kinds that are not served, because their CRDs are not installed. */
  readonly unserved: Set<string>;
  /** Keys of objects with a field that another manager owns. */
  readonly owned: Set<string>;
  /** Writes like a controller or another user; watches see it. */
  store(object: KubeObject): KubeObject;
}

export function keyOf({ kind, metadata }: Pick<KubeObject, "kind" | "metadata">): string {
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}

/** An in-memory API server: stores objects with the fields that a server adds, and notifies watches. */
export function memoryCluster(name: string): MemoryCluster {
  const objects = new Map<string, KubeObject>();
  const unserved = new Set<string>();
  const owned = new Set<string>();
  const listeners = new Set<(event: WatchEvent<KubeObject>) => void>();
  let revision = 0;
  const keyOfRef = ({ kind, name: own, namespace }: ObjectRef): string => `${kind} ${namespace ?? ""}/${own}`;
  const versioned = (object: KubeObject): KubeObject => {
    const metadata = { ...object.metadata, uid: keyOf(object), resourceVersion: String(++revision) };
    return { ...object, metadata };
  };
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
    store,
    cluster: {
      name,
      kubectl: `kubectl --context ${name}`,
      version: async () => "v1.34.0",
      serves: async (_apiVersion, kind) => !unserved.has(kind),
      get: async (ref): Promise<KubeObject | undefined> =>
        ref.name === "kube-system" ? { ...ref, metadata: { name: ref.name } } : objects.get(keyOfRef(ref)),
      list: async function* <T extends KubeObject>(query: ListQuery) {
        yield [...objects.values()].filter((object) => matches(object, query)) as unknown as readonly T[];
      },
      table: async function* (query: ListQuery) {
        const found = [...objects.values()].filter((object) => matches(object, query));
        yield { columns: ["Name"], rows: found.map(({ metadata }) => [metadata.name]) };
      },
      watch: async function* <T extends KubeObject>(query: ListQuery, signal: AbortSignal) {
        const waiting: WatchEvent<KubeObject>[] = [
          { type: "listed", objects: [...objects.values()].filter((object) => matches(object, query)) },
        ];
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
            if (waiting.length > 0) continue;
            await new Promise<void>((resolve) => {
              wake = resolve;
              signal.addEventListener("abort", () => resolve(), { once: true });
            });
          }
        } finally {
          listeners.delete(listener);
        }
      },
      apply: async (object, { dryRun }) => {
        const key = keyOf(object);
        if (owned.has(key)) throw new AppError("KUBE_CONFLICT", `${key}: owned by "someone"`);
        const applied = { ...object, status: {} };
        return dryRun === true ? versioned(applied) : store(applied);
      },
      replace: async (object) => {
        const key = keyOf(object);
        if (present(key).metadata.resourceVersion === object.metadata.resourceVersion) return store(object);
        throw new AppError("KUBE_CONFLICT", `${key}: the object has been modified`);
      },
      patch: async (ref, patch, { dryRun }) => {
        const before = present(keyOfRef(ref));
        const object = patched(before, patch);
        if (object.metadata.resourceVersion !== before.metadata.resourceVersion) {
          throw new AppError("KUBE_CONFLICT", `${keyOfRef(ref)}: the object has been modified`);
        }
        return dryRun === true ? versioned(object) : store(object);
      },
      delete: async (ref) => {
        const object = objects.get(keyOfRef(ref));
        if (object === undefined) return;
        objects.delete(keyOfRef(ref));
        for (const tell of listeners) tell({ type: "deleted", object });
      },
      askPod: async () => Promise.reject(new Error("there are no pods in memory")),
      exec: () => Promise.reject(new Error("nothing runs in these pods")),
      close: async () => undefined,
    },
  };
}
