import { AppError } from "../../core/error.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { type AnyResource, asDesired, blocked, type Difference, ready, update } from "../../core/resource.ts";
import { gotNoAnswer } from "../../core/transient.ts";
import type { Cluster, ListQuery, ObjectRef } from "../../k8s/port.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { stopController, type SyncController, syncControllers } from "./argocd-controller.ts";
import { eksCluster } from "./eks-cluster.ts";
import { nameOf } from "./kubernetes-objects.ts";

interface Actual {
  /** The objects for which a controller in the cluster keeps a load balancer. */
  readonly owners: readonly ObjectRef[];
  /** What creates them again from Git, as long as it runs. */
  readonly controllers: readonly SyncController[];
  /** Why the API server could not be asked. */
  readonly unknown?: string;
}

const none: Actual = { owners: [], controllers: [] };

/** An Istio gateway creates its Service again as long as the Gateway exists. */
const kinds: readonly (ListQuery & { readonly isOwner: (object: KubeObject) => boolean })[] = [
  { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", isOwner: () => true },
  { apiVersion: "networking.k8s.io/v1", kind: "Ingress", isOwner: () => true },
  { apiVersion: "v1", kind: "Service", isOwner: (object) => typeOf(object) === "LoadBalancer" },
];

/**
 * The load balancers that controllers in the cluster made. gennet makes none, but before a cluster is deleted they have
 * to go, while these controllers still run: EKS deletes none of them with the cluster, and they keep the network from being deleted.
 * A Service with a load balancer has a finalizer, so it is gone only after its load balancer is.
 * https://docs.aws.amazon.com/eks/latest/userguide/delete-cluster.html
 */
export function loadBalancers(resources: readonly AnyResource<RegionWorld>[]): RegionResource<Actual, true> {
  // Nodes, add-ons and identities of the controllers go after them.
  const inCluster = resources.filter((resource) => needsResource(resource, eksCluster.id));
  return { ...ofController, needs: [eksCluster, ...inCluster] };
}

const ofController: RegionResource<Actual, true> = {
  id: "load-balancers",
  title: "Load balancers of the cluster",
  needs: [],
  async read({ output, signal, world }) {
    const status = output(eksCluster)?.status;
    const answers = status !== undefined && status !== "DELETING" && status !== "FAILED";
    if (!answers) return none;
    try {
      return await ownersIn(await world.cluster(), signal);
    } catch (error) {
      if (error instanceof AppError && (gotNoAnswer(error) || error.code === "KUBE_DENIED"))
        return { ...none, unknown: error.message };
      throw error;
    }
  },
  diff: () => asDesired,
  apply: async () => undefined,
  ready: () => ready,
  output: () => true,
  removal: {
    diff: removalOf,
    async apply({ owners, controllers }, { world, signal }) {
      const cluster = await world.cluster();
      for (const controller of controllers) await stopController(cluster, controller, signal);
      for (const ref of owners) await cluster.delete(ref, signal);
    },
    gone: ({ owners }) =>
      owners.length === 0 ? ready : { state: "waiting", detail: `${owners.map(nameOf).join(", ")} still there` },
  },
};

function needsResource(resource: AnyResource<RegionWorld>, id: string): boolean {
  return resource.needs.some((need) => need.id === id || needsResource(need, id));
}

function removalOf({ owners, controllers, unknown }: Actual): Difference {
  if (unknown !== undefined) {
    return blocked(
      `whether Services and Ingresses have load balancers is unknown, because the API server cannot be asked: ${unknown} ` +
        "If you have deleted the load balancers, pass --except load-balancers",
    );
  }
  if (owners.length === 0) return asDesired;
  return {
    operations: [
      ...controllers.map(({ ref, replicas }) => update(nameOf(ref), "replicas", 0, replicas)),
      ...owners.map((ref) => ({ verb: "delete", target: nameOf(ref) }) as const),
    ],
  };
}

async function ownersIn(cluster: Cluster, signal: AbortSignal): Promise<Actual> {
  const owners: ObjectRef[] = [];
  for (const { isOwner, ...query } of kinds) {
    if (!(await cluster.serves(query.apiVersion, query.kind, signal))) continue;
    owners.push(...(await listed(cluster, query, isOwner, signal)));
  }
  // Argo CD would create from Git again what is deleted.
  const controllers = (await syncControllers(cluster, signal)).filter(({ replicas }) => replicas > 0);
  return { owners, controllers };
}

async function listed(
  cluster: Cluster,
  query: ListQuery,
  isIncluded: (object: KubeObject) => boolean,
  signal: AbortSignal,
): Promise<readonly ObjectRef[]> {
  const found: ObjectRef[] = [];
  for await (const page of cluster.list(query, signal)) {
    for (const { metadata } of page.filter(isIncluded)) {
      const { name, namespace } = metadata;
      const { apiVersion, kind } = query;
      found.push({ apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) });
    }
  }
  return found;
}

function typeOf(object: KubeObject): unknown {
  return (object["spec"] as { readonly type?: unknown } | undefined)?.type;
}
