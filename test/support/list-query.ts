import { AppError } from "../../src/core/error.ts";
import type { ListQuery } from "../../src/k8s/port.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";

/** The fields that the API server selects by, besides name and namespace. Each kind has its own, and custom resources none. */
const selectable: Readonly<Record<string, RegExp>> = {
  Event: /^(involvedObject\.\w+|reason|reportingComponent|source|type)$/,
  Job: /^status\.successful$/,
  Namespace: /^status\.phase$/,
  Node: /^spec\.unschedulable$/,
  Pod: /^(spec\.(nodeName|restartPolicy|schedulerName|serviceAccountName|hostNetwork)|status\.(phase|podIP|nominatedNodeName))$/,
  ReplicaSet: /^status\.replicas$/,
  Secret: /^type$/,
  Service: /^spec\.(clusterIP|type)$/,
};

/** Returns the objects that a list with this query includes. Throws KUBE_REJECTED if an API server rejects the selector. */
export function selected<T extends KubeObject>(objects: Iterable<T>, query: ListQuery): readonly T[] {
  for (const [path] of terms(query.fieldSelector)) {
    const known = /^metadata\.name(space)?$/.test(path) || selectable[query.kind]?.test(path) === true;
    if (!known) throw new AppError("KUBE_REJECTED", `field label not supported: ${path}`);
  }
  return [...objects].filter((object) => matches(object, query));
}

/**
 * Returns whether a list with this query includes the object. Supports selectors for equality, for fields that differ,
 * and for existing labels.
 */
export function matches(object: KubeObject, query: ListQuery): boolean {
  const { kind, namespace, fieldSelector, labelSelector } = query;
  if (object.kind !== kind || !ofGroup(object, query)) return false;
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  const fields = terms(fieldSelector).every(([path, differs, value]) => (fieldOf(object, path) !== value) === differs);
  return (
    fields &&
    terms(labelSelector).every(([label, differs, value]) => {
      const own = object.metadata.labels?.[label];
      return value === undefined ? own !== undefined : (own !== value) === differs;
    })
  );
}

/** Returns whether an object is in the query's API group: a group serves an object in all of its versions. */
export function ofGroup(object: Pick<KubeObject, "apiVersion">, query: Pick<ListQuery, "apiVersion">): boolean {
  const [own, asked] = [object, query].map(({ apiVersion }) =>
    apiVersion.includes("/") ? apiVersion.split("/")[0] : "",
  );
  return own === asked;
}

type Term = readonly [path: string, differs: boolean, value: string | undefined];

function terms(selector: string | undefined): readonly Term[] {
  return (selector?.split(",") ?? []).map((term): Term => {
    const [, path, sign, value] = /^([\w./-]+)(?:(!?)={1,2}(.*))?$/.exec(term) ?? [];
    if (path === undefined) throw new Error(`Selectors like "${term}" are not supported here`);
    return [path, sign === "!", value];
  });
}

function fieldOf(object: KubeObject, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object);
}
