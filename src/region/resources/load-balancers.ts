import { AppError } from "../../core/error.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { type AnyResource, asDesired, blocked, type Difference, ready, update } from "../../core/resource.ts";
import { shell } from "../../core/shell-words.ts";
import { gotNoAnswer } from "../../core/transient.ts";
import type { Cluster, ListQuery, ObjectRef } from "../../k8s/port.ts";
import { awsFlags } from "../../core/aws-flags.ts";
import { classicBalancersIn } from "../leftovers.ts";
import { balancersOfCluster } from "../made-in-cluster.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { stopController, type SyncController, syncControllers } from "./argocd-controller.ts";
import { eksCluster } from "./eks-cluster.ts";
import { nameOf } from "./kubernetes-objects.ts";
import { argoCdCapability } from "./platform/capability.ts";

interface Actual {
  /** The objects for which a controller in the cluster keeps a load balancer. */
  readonly owners: readonly Owner[];
  /** The load balancers that the controllers have made and not deleted yet. */
  readonly balancers: readonly LeftBalancer[];
  /** What creates them again from Git, as long as it runs. */
  readonly controllers: readonly SyncController[];
  /** Whether the controllers are gone, so that nothing deletes them. */
  readonly isAbandoned?: true;
  /** Why it is not known what there is. */
  readonly unknown?: string;
}

interface LeftBalancer {
  /** `net/k8s-shop-web/0a1b`; a classic one has only a name. */
  readonly name: string;
  /** The command that deletes it. */
  readonly deletion: string;
}

interface Owner extends ObjectRef {
  /** The annotation that protects its load balancer against deletion. */
  readonly protectedBy?: string;
}

const none: Actual = { owners: [], controllers: [], balancers: [] };
/**
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 */
const attributeAnnotations = [
  "service.beta.kubernetes.io/aws-load-balancer-attributes",
  "alb.ingress.kubernetes.io/load-balancer-attributes",
];
const isProtecting = /deletion_protection\.enabled\s*=\s*true/;

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
  // Argo CD of EKS would create from Git again what is deleted, so it goes first.
  const outlives = inCluster
    .filter(({ id }) => id === argoCdCapability.id)
    .flatMap((capability) => [capability, ...inCluster.filter((resource) => needsResource(resource, capability.id))]);
  return { ...ofController, needs: [eksCluster, ...inCluster], outlives };
}

const ofController: RegionResource<Actual, true> = {
  id: "load-balancers",
  title: "Load balancers of the cluster",
  needs: [],
  async read({ output, signal, world }) {
    const { status, vpcId } = output(eksCluster) ?? {};
    const answers = status !== undefined && status !== "DELETING" && status !== "FAILED";
    let balancers: readonly LeftBalancer[];
    try {
      balancers = await balancersLeft(vpcId, world, signal);
    } catch (error) {
      if (error instanceof AppError && error.code === "AWS_DENIED") return { ...none, unknown: error.message };
      throw error;
    }
    if (!answers) return { ...none, balancers, ...(balancers.length === 0 ? {} : { isAbandoned: true }) };
    try {
      return { ...(await ownersIn(await world.cluster(), signal)), balancers };
    } catch (error) {
      if (error instanceof AppError && (gotNoAnswer(error) || error.code === "KUBE_DENIED"))
        return { ...none, unknown: `the API server cannot be asked: ${error.message}` };
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
    gone({ owners, balancers }) {
      const ways = balancers.map(
        ({ name, deletion }) => `load balancer ${name} (if no controller deletes it: ${deletion})`,
      );
      const left = [...owners.map(nameOf), ...ways];
      return left.length === 0 ? ready : { state: "waiting", detail: `${left.join(", ")} still there` };
    },
  },
};

function needsResource(resource: AnyResource<RegionWorld>, id: string): boolean {
  return resource.needs.some((need) => need.id === id || needsResource(need, id));
}

function removalOf({ owners, balancers, controllers, isAbandoned, unknown }: Actual): Difference {
  if (unknown !== undefined) {
    return blocked(
      `whether Services and Ingresses have load balancers is unknown, because ${unknown} ` +
        "If you have deleted the load balancers, pass --except load-balancers",
    );
  }
  if (isAbandoned === true) {
    const names = balancers.map(({ name }) => name).join(", ");
    const next = balancers.map(({ deletion }) => deletion);
    return blocked(`the cluster is gone, so no controller deletes its load balancers: ${names}`, [], next);
  }
  if (owners.length === 0) return asDesired;
  const shielded = owners.find(({ protectedBy }) => protectedBy !== undefined);
  const difference = {
    operations: [
      ...controllers.map(({ ref, replicas }) => update(nameOf(ref), "replicas", 0, replicas)),
      ...owners.map((ref) => ({ verb: "delete", target: nameOf(ref) }) as const),
    ],
  };
  if (shielded === undefined) return difference;
  return blocked(
    `${nameOf(shielded)} protects its load balancer against deletion: set deletion_protection.enabled=false in its annotation ${shielded.protectedBy}`,
    difference.operations,
  );
}

/**
 * Returns the load balancers with the tags of the cluster, and the classic ones in its VPC. They stay for a while, or
 * because they are protected, when their Services are gone.
 */
async function balancersLeft(
  vpcId: string | undefined,
  world: RegionWorld,
  signal: AbortSignal,
): Promise<readonly LeftBalancer[]> {
  const ec2 = await world.aws.service("ec2");
  const [tagged, interfaces, groups] = await Promise.all([
    balancersOfCluster(world, signal),
    vpcId === undefined ? [] : ec2.networkInterfaces(vpcId, signal),
    vpcId === undefined ? [] : ec2.groupsIn(vpcId, signal),
  ]);
  const own = tagged.map(({ arn }) => ({
    name: arn.split("/").slice(1).join("/"),
    deletion: `${shell`aws elbv2 delete-load-balancer --load-balancer-arn ${arn}`} ${awsFlags(world)}`,
  }));
  const classic = classicBalancersIn(interfaces, groups, world).map((name) => ({
    name,
    deletion: `${shell`aws elb delete-load-balancer --load-balancer-name ${name}`} ${awsFlags(world)}`,
  }));
  return [...own, ...classic];
}

async function ownersIn(cluster: Cluster, signal: AbortSignal): Promise<Pick<Actual, "owners" | "controllers">> {
  const owners: Owner[] = [];
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
): Promise<readonly Owner[]> {
  const found: Owner[] = [];
  for await (const page of cluster.list(query, signal)) {
    for (const { metadata } of page.filter(isIncluded)) {
      const { name, namespace, annotations = {} } = metadata;
      const { apiVersion, kind } = query;
      const protectedBy = attributeAnnotations.find((key) => isProtecting.test(annotations[key] ?? ""));
      const more = { ...(namespace === undefined ? {} : { namespace }), ...(protectedBy && { protectedBy }) };
      found.push({ apiVersion, kind, name, ...more });
    }
  }
  return found;
}

function typeOf(object: KubeObject): unknown {
  return (object["spec"] as { readonly type?: unknown } | undefined)?.type;
}
