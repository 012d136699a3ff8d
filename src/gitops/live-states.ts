import { controllerOf, hasCondition, type KubeObject } from "../core/kubernetes/object.ts";
import type { PodObject } from "../core/kubernetes/pod.ts";
import { replicasOf, workloadKey, type WorkloadObject } from "../core/kubernetes/workload.ts";
import type { ApplicationResource } from "../k8s/argocd/port.ts";
import type { Cluster } from "../k8s/port.ts";
import type { TreeNode } from "./tree-node.ts";
import { presentNames } from "./present-names.ts";

/** An object of any kind in the tree; fields that its kind does not have are missing. */
interface LiveObject extends KubeObject {
  readonly spec?: Pick<WorkloadObject["spec"], "replicas"> & { readonly suspend?: boolean };
  readonly status?: NonNullable<PodObject["status"]> &
    NonNullable<WorkloadObject["status"]> & { readonly active?: readonly unknown[] };
}

const apiVersions: Readonly<Record<string, string>> = {
  Deployment: "apps/v1",
  ReplicaSet: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  CronJob: "batch/v1",
  Job: "batch/v1",
  Pod: "v1",
};

/** Kinds whose pods are shown, with the kinds in between. Other children (Secrets) are not listed. */
const workloads: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["ReplicaSet", "Pod"],
  ReplicaSet: ["Pod"],
  StatefulSet: ["Pod"],
  DaemonSet: ["Pod"],
  CronJob: ["Job", "Pod"],
  Job: ["Pod"],
};

export interface LiveState {
  /** `2/3 available`; absent if the object does not exist, and for kinds without a state. */
  readonly message?: string;
  /** Whether the cluster lacks the object; absent if it exists, or if that is unknown. */
  readonly missing?: true;
  readonly children: readonly TreeNode[];
}

/**
 * Returns the live state, with the pods of workloads. It makes one list or table request for each kind and namespace,
 * regardless of the number of objects.
 */
export async function liveStates(
  cluster: Pick<Cluster, "list" | "table">,
  resources: readonly ApplicationResource[],
  signal: AbortSignal,
): Promise<ReadonlyMap<ApplicationResource, LiveState>> {
  const isWorkload = ({ kind, group, namespace }: ApplicationResource): boolean =>
    namespace !== undefined && kind in workloads && apiVersions[kind]?.startsWith(`${group}/`) === true;
  const found = resources.filter(isWorkload);
  const others = presentNames(
    cluster,
    resources.filter((each) => !isWorkload(each)),
    signal,
  );
  const queries = new Map(
    found
      .flatMap(({ kind, namespace = "" }) =>
        [kind, ...(workloads[kind] ?? [])].map((each) => ({
          apiVersion: apiVersions[each] ?? "",
          kind: each,
          namespace,
        })),
      )
      .map((query) => [`${query.kind} ${query.namespace}`, query]),
  );
  const known = new Map<string, LiveObject>();
  const owned = new Map<string, LiveObject[]>();
  await Promise.all(
    [...queries.values()].map(async (query) => {
      for await (const page of cluster.list<LiveObject>(query, signal)) {
        for (const each of page) {
          known.set(workloadKey(each.kind, each.metadata.namespace, each.metadata.name), each);
          file(each, owned);
        }
      }
    }),
  );
  const below = (kind: string, namespace: string | undefined, name: string): readonly TreeNode[] =>
    (owned.get(workloadKey(kind, namespace, name)) ?? []).flatMap((each) => {
      const { metadata } = each;
      // A ReplicaSet without pods is an older version of a Deployment.
      const children = below(each.kind, metadata.namespace, metadata.name);
      return each.kind === "ReplicaSet" && children.length === 0 ? [] : [{ ...toNode(each), children }];
    });
  const { missing } = await others;
  return new Map([
    ...found.map((resource): [ApplicationResource, LiveState] => {
      const { kind, namespace, name } = resource;
      const object = known.get(workloadKey(kind, namespace, name));
      const message = object && stateOf(object);
      const state = object === undefined ? { missing: true as const } : message === undefined ? {} : { message };
      return [resource, { children: below(kind, namespace, name), ...state }];
    }),
    ...[...missing].map((resource): [ApplicationResource, LiveState] => [resource, { children: [], missing: true }]),
  ]);
}

function file(object: LiveObject, owned: Map<string, LiveObject[]>): void {
  const owner = controllerOf(object);
  if (owner === undefined) return;
  const key = workloadKey(owner.kind, object.metadata.namespace, owner.name);
  owned.set(key, [...(owned.get(key) ?? []), object]);
}

function toNode(object: LiveObject): Omit<TreeNode, "children"> {
  const { kind, metadata } = object;
  const [group = "", version] = (apiVersions[kind] ?? "").split("/");
  const about = { kind, group: version === undefined ? "" : group, name: metadata.name };
  // Its Deployment shows the same numbers.
  const message = kind === "ReplicaSet" ? undefined : stateOf(object);
  return {
    ...about,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    ...(message === undefined ? {} : { message }),
  };
}

/** Returns the state of an object in a few words, like kubectl. */
function stateOf(object: LiveObject): string | undefined {
  const { kind, spec = {}, status = {} } = object;
  switch (kind) {
    case "Pod": {
      const waiting = status.containerStatuses?.find((each) => each.state?.waiting !== undefined)?.state?.waiting;
      return waiting?.reason ?? (hasCondition(object, "Ready") ? "ready" : (status.phase ?? "unknown"));
    }
    case "Job":
      return hasCondition(object, "Failed") ? "failed" : hasCondition(object, "Complete") ? "complete" : "running";
    case "CronJob":
      if (spec.suspend === true) return "suspended";
      return status.active === undefined ? undefined : `${status.active.length} active`;
    default: {
      const { available, desired } = replicasOf({ kind, spec, status });
      return `${available}/${desired} available`;
    }
  }
}
