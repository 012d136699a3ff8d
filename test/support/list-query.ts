import { AppError } from "../../src/core/error.ts";
import type { ListQuery } from "../../src/k8s/port.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";

/** By which fields the API server selects, beside name and namespace: each kind has its own, and custom resources none. */
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

/** Those of the objects that a list with this query has. KUBE_REJECTED for a selector that an API server refuses. */
export function selected<T extends KubeObject>(objects: Iterable<T>, query: ListQuery): readonly T[] {
  for (const [path] of terms(query.fieldSelector)) {
    const known = /^metadata\.name(space)?$/.test(path) || selectable[query.kind]?.test(path) === true;
    if (!known) throw new AppError("KUBE_REJECTED", `field label not supported: ${path}`);
  }
  return [...objects].filter((object) => matches(object, query));
}

/** Whether a list with this query has the object; selectors of what is equal, of what is not, and of labels that are there. */
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

/** Whether an object is of the API group that is asked for: a group serves it in all of its versions. */
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
    if (path === undefined) throw new Error(`Selectors like "${term}" are not known here`);
    return [path, sign === "!", value];
  });
}

function fieldOf(object: KubeObject, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object);
}
