import type { ListQuery } from "../../src/k8s/port.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";

/**
 * Returns whether a list with this query includes the object. Supports selectors for equality, for fields that differ,
 * and for existing labels.
 */
export function matches(object: KubeObject, { kind, namespace, fieldSelector, labelSelector }: ListQuery): boolean {
  if (object.kind !== kind) return false;
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  return (
    terms(fieldSelector).every(([path, value]) =>
      path.endsWith("!") ? fieldOf(object, path.slice(0, -1)) !== value : fieldOf(object, path) === value,
    ) &&
    terms(labelSelector).every(([label, value]) => {
      const own = object.metadata.labels?.[label];
      return value === undefined ? own !== undefined : own === value;
    })
  );
}

function terms(selector: string | undefined): readonly (readonly [string, string | undefined])[] {
  return (selector?.split(",") ?? []).map((term) => {
    const [path = "", value] = term.split("=");
    return [path, value];
  });
}

function fieldOf(object: KubeObject, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object);
}
