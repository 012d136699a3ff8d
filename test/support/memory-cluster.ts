import { AppError } from "../../src/core/error.ts";
import type { Cluster, KubeObject, ObjectRef } from "../../src/k8s/port.ts";

export interface MemoryCluster {
  readonly cluster: Cluster;
  readonly objects: Map<string, KubeObject>;
  /** Kinds that are not served: their CRDs are not installed. */
  readonly unserved: Set<string>;
  /** Objects, by key, of which another manager owns a field. */
  readonly owned: Set<string>;
}

export function keyOf({ kind, metadata }: Pick<KubeObject, "kind" | "metadata">): string {
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}

/** An API server in memory: what is applied is stored, with what a server adds. */
export function memoryCluster(name: string): MemoryCluster {
  const objects = new Map<string, KubeObject>();
  const unserved = new Set<string>();
  const owned = new Set<string>();
  let revision = 0;
  const keyOfRef = ({ kind, name: own, namespace }: ObjectRef): string => `${kind} ${namespace ?? ""}/${own}`;
  const none = async function* <T>(): AsyncIterable<T> {};
  return {
    objects,
    unserved,
    owned,
    cluster: {
      name,
      version: async () => "v1.34.0",
      serves: async (_apiVersion, kind) => !unserved.has(kind),
      get: async (ref): Promise<KubeObject | undefined> =>
        ref.name === "kube-system" ? { ...ref, metadata: { name: ref.name } } : objects.get(keyOfRef(ref)),
      list: none,
      table: none,
      apply: async (object, { dryRun }) => {
        const key = keyOf(object);
        if (owned.has(key)) throw new AppError("KUBE_CONFLICT", `${key}: owned by "someone"`);
        const metadata = { ...object.metadata, uid: key, resourceVersion: String(++revision) };
        const stored = { ...object, metadata, status: {} };
        if (dryRun !== true) objects.set(key, stored);
        return stored;
      },
      delete: async (ref) => void objects.delete(keyOfRef(ref)),
      close: async () => undefined,
    },
  };
}
