import type { ApplicationResource } from "../k8s/argocd/port.ts";
import type { Cluster, KubeObject } from "../k8s/port.ts";
import type { TreeNode } from "./application-tree.ts";

interface Owned extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string } };
    }[];
  };
}

interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

/** Workloads, whose pods are worth a look. What other kinds make of themselves (Secrets, Endpoints) is not listed. */
const workloads = new Set(["Deployment", "StatefulSet", "DaemonSet", "Job"]);

/** The pods below each of the workloads: two lists for each namespace that has one, whatever their number. */
export async function liveChildren(
  cluster: Pick<Cluster, "list">,
  resources: readonly ApplicationResource[],
  signal: AbortSignal,
): Promise<ReadonlyMap<ApplicationResource, readonly TreeNode[]>> {
  const found = resources.filter(({ kind, namespace }) => workloads.has(kind) && namespace !== undefined);
  const namespaces = [...new Set(found.map(({ namespace = "" }) => namespace))];
  const owned = new Map<string, Owned[]>();
  await Promise.all(
    namespaces.flatMap((namespace) =>
      [
        { apiVersion: "apps/v1", kind: "ReplicaSet", namespace },
        { apiVersion: "v1", kind: "Pod", namespace },
      ].map(async (query) => {
        for await (const page of cluster.list<Owned>(query, signal)) for (const each of page) file(each, owned);
      }),
    ),
  );
  const below = (kind: string, namespace: string | undefined, name: string): readonly TreeNode[] =>
    (owned.get(keyOf(kind, namespace, name)) ?? []).flatMap((each) => {
      const { metadata } = each;
      // A ReplicaSet without pods is an older version of a Deployment.
      const children = below(each.kind, metadata.namespace, metadata.name);
      return each.kind === "ReplicaSet" && children.length === 0 ? [] : [{ ...toNode(each), children }];
    });
  return new Map(found.map((resource) => [resource, below(resource.kind, resource.namespace, resource.name)]));
}

function file(object: Owned, owned: Map<string, Owned[]>): void {
  const owners = (object.metadata["ownerReferences"] ?? []) as readonly OwnerReference[];
  const owner = owners.find(({ controller }) => controller === true);
  if (owner === undefined) return;
  const key = keyOf(owner.kind, object.metadata.namespace, owner.name);
  owned.set(key, [...(owned.get(key) ?? []), object]);
}

function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

function toNode({ kind, metadata, status }: Owned): Omit<TreeNode, "children"> {
  const group = kind === "ReplicaSet" ? "apps" : "";
  const about = { kind, group, name: metadata.name, ...(metadata.namespace && { namespace: metadata.namespace }) };
  if (kind !== "Pod") return about;
  const ready = status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
  const waiting = status?.containerStatuses?.find((each) => each.state?.waiting !== undefined)?.state?.waiting?.reason;
  return { ...about, message: waiting ?? (ready ? "ready" : (status?.phase ?? "unknown")) };
}
