import type { ApplicationResource } from "../k8s/argocd/port.ts";
import type { Cluster, KubeObject } from "../k8s/port.ts";
import type { TreeNode } from "./application-tree.ts";

interface LiveObject extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly phase?: string;
    readonly availableReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly { readonly state?: { readonly waiting?: { readonly reason?: string } } }[];
  };
}

interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

/** Kinds whose pods are worth a look. What others make of themselves (Secrets, Endpoints) is not listed. */
const workloads: Readonly<Record<string, string>> = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  Job: "batch/v1",
};

export interface LiveState {
  /** `2/3 available`; absent where there is no such object. */
  readonly message?: string;
  readonly children: readonly TreeNode[];
}

/** Workloads and their pods as they are now: a list for each kind and namespace, whatever the number of objects. */
export async function liveStates(
  cluster: Pick<Cluster, "list">,
  resources: readonly ApplicationResource[],
  signal: AbortSignal,
): Promise<ReadonlyMap<ApplicationResource, LiveState>> {
  const found = resources.filter(({ kind, namespace }) => kind in workloads && namespace !== undefined);
  const queries = new Map(
    found
      .flatMap(({ kind, namespace = "" }) => [
        { apiVersion: workloads[kind] ?? "", kind, namespace },
        { apiVersion: "apps/v1", kind: "ReplicaSet", namespace },
        { apiVersion: "v1", kind: "Pod", namespace },
      ])
      .map((query) => [`${query.kind} ${query.namespace}`, query]),
  );
  const known = new Map<string, LiveObject>();
  const owned = new Map<string, LiveObject[]>();
  await Promise.all(
    [...queries.values()].map(async (query) => {
      for await (const page of cluster.list<LiveObject>(query, signal)) {
        for (const each of page) {
          known.set(keyOf(each.kind, each.metadata.namespace, each.metadata.name), each);
          file(each, owned);
        }
      }
    }),
  );
  const below = (kind: string, namespace: string | undefined, name: string): readonly TreeNode[] =>
    (owned.get(keyOf(kind, namespace, name)) ?? []).flatMap((each) => {
      const { metadata } = each;
      // A ReplicaSet without pods is an older version of a Deployment.
      const children = below(each.kind, metadata.namespace, metadata.name);
      return each.kind === "ReplicaSet" && children.length === 0 ? [] : [{ ...toNode(each), children }];
    });
  return new Map(
    found.map((resource) => {
      const { kind, namespace, name } = resource;
      const object = known.get(keyOf(kind, namespace, name));
      const message = object && stateOf(object);
      return [resource, { children: below(kind, namespace, name), ...(message === undefined ? {} : { message }) }];
    }),
  );
}

function file(object: LiveObject, owned: Map<string, LiveObject[]>): void {
  const owners = (object.metadata["ownerReferences"] ?? []) as readonly OwnerReference[];
  const owner = owners.find(({ controller }) => controller === true);
  if (owner === undefined) return;
  const key = keyOf(owner.kind, object.metadata.namespace, owner.name);
  owned.set(key, [...(owned.get(key) ?? []), object]);
}

function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

function toNode(object: LiveObject): Omit<TreeNode, "children"> {
  const { kind, metadata } = object;
  const about = { kind, group: kind === "ReplicaSet" ? "apps" : "", name: metadata.name };
  const message = stateOf(object);
  return {
    ...about,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    ...(message === undefined ? {} : { message }),
  };
}

/** In a few words, as kubectl shows it. */
function stateOf({ kind, spec, status = {} }: LiveObject): string | undefined {
  const holds = (type: string): boolean =>
    status.conditions?.some((each) => each.type === type && each.status === "True") === true;
  switch (kind) {
    case "Pod": {
      const waiting = status.containerStatuses?.find((each) => each.state?.waiting !== undefined)?.state?.waiting;
      return waiting?.reason ?? (holds("Ready") ? "ready" : (status.phase ?? "unknown"));
    }
    case "Job":
      return holds("Failed") ? "failed" : holds("Complete") ? "complete" : "running";
    case "DaemonSet":
      return `${status.numberAvailable ?? 0}/${status.desiredNumberScheduled ?? 0} available`;
    case "ReplicaSet":
      return undefined;
    default:
      return `${status.availableReplicas ?? 0}/${spec?.replicas ?? 1} available`;
  }
}
