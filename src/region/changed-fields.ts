import type { KubeObject } from "../core/kubernetes/object.ts";

/** Fields that the API server sets itself; they are not part of the desired state. */
const kept = new Set(["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp"]);

/** Returns the paths at which two states of an object differ, apart from status: `metadata.labels.istio-injection`. */
export function changedFields(live: KubeObject, desired: KubeObject): readonly string[] {
  return differences(withoutServerFields(live), withoutServerFields(desired), "");
}

function withoutServerFields(object: KubeObject): unknown {
  const { status: _status, metadata, ...rest } = object as KubeObject & { readonly status?: unknown };
  return { ...rest, metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !kept.has(key))) };
}

function differences(a: unknown, b: unknown, path: string): readonly string[] {
  if (!isRecord(a) || !isRecord(b)) return JSON.stringify(a) === JSON.stringify(b) ? [] : [path];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted();
  return keys.flatMap((key) => differences(a[key], b[key], path === "" ? key : `${path}.${key}`));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
