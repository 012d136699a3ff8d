import type { ListQuery } from "../../src/k8s/port.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";

/** Whether a list with this query has the object; selectors of equality, of fields that are something else, and of labels that are there. */
export function matches(object: KubeObject, query: ListQuery): boolean {
  const { kind, namespace, fieldSelector, labelSelector } = query;
  if (object.kind !== kind || !ofGroup(object, query)) return false;
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

/** Whether an object is of the API group that is asked for: a group serves it in all of its versions. */
export function ofGroup(object: Pick<KubeObject, "apiVersion">, query: Pick<ListQuery, "apiVersion">): boolean {
  const [own, asked] = [object, query].map(({ apiVersion }) =>
    apiVersion.includes("/") ? apiVersion.split("/")[0] : "",
  );
  return own === asked;
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
