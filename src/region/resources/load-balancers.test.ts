import { beforeEach, describe, expect, it } from "vitest";
import { type MemoryCluster, memoryCluster } from "../../../test/support/memory-cluster.ts";
import { trialPlatform, trialRegions } from "../../../test/support/trial-regions.ts";
import type { EksCluster } from "../../aws/eks/port.ts";
import { AppError } from "../../core/error.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { Provider, Removal, ResourceContext } from "../../core/resource.ts";
import type { RegionWorld } from "../world.ts";
import { regionResources } from "../resources.ts";
import { loadBalancers as loadBalancersOf } from "./load-balancers.ts";

const { signal } = new AbortController();
const loadBalancers = loadBalancersOf(regionResources(trialPlatform));
type Actual = Awaited<ReturnType<typeof loadBalancers.read>>;

let kube: MemoryCluster;

function contextOf(status: string | undefined, cluster: RegionWorld["cluster"] = async () => kube.cluster) {
  const [world] = trialRegions().worlds;
  if (world === undefined) throw new Error("there is no region");
  const output = <O>({ id }: Provider<O>): O | undefined =>
    (id === "cluster" && status !== undefined ? ({ status } as EksCluster as unknown) : undefined) as O | undefined;
  const required = <O>(resource: Provider<O>): O => output(resource) as O;
  const own = { world: { ...world, cluster }, output, required };
  return {
    ...own,
    signal,
    removing: true,
    primary: own,
  } satisfies ResourceContext<RegionWorld>;
}

function removal(): Removal<RegionWorld, Actual> {
  if (loadBalancers.removal === undefined) throw new Error("load balancers have no removal");
  return loadBalancers.removal;
}

function object(kind: string, apiVersion: string, name: string, spec: object = {}, more: object = {}): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: "shop", ...more }, spec };
}

beforeEach(() => {
  kube = memoryCluster("eu");
});

describe("the load balancers of a cluster", () => {
  it("Load balancers go before everything that is in the cluster, and the cluster", () => {
    const needs = loadBalancers.needs.map(({ id }) => id);
    expect(needs).toEqual(
      expect.arrayContaining(["cluster", "access-entry", "node-group", "addon-vpc-cni", "namespaces"]),
    );
    expect(needs).not.toContain("vpc");
  });

  it("Services of type LoadBalancer and Ingresses are deleted, and other Services are not", async () => {
    kube.store(object("Service", "v1", "public", { type: "LoadBalancer" }));
    kube.store(object("Service", "v1", "internal", { type: "ClusterIP" }));
    kube.store(object("Ingress", "networking.k8s.io/v1", "web"));
    kube.unserved.add("Gateway");
    const at = contextOf("ACTIVE");
    const actual = await loadBalancers.read(at);
    expect(removal().diff(actual, at).operations).toEqual([
      { verb: "delete", target: "Ingress shop/web" },
      { verb: "delete", target: "Service shop/public" },
    ]);
    await removal().apply(actual, at);
    expect([...kube.objects.keys()]).toEqual(["Service shop/internal"]);
    const after = await loadBalancers.read(at);
    expect([removal().gone(after), removal().diff(after, at)]).toEqual([{ state: "ready" }, { operations: [] }]);
  });

  it("A Service is waited for until its controller has deleted the load balancer", async () => {
    kube.store(
      object("Service", "v1", "public", { type: "LoadBalancer" }, { finalizers: ["service.k8s.aws/resources"] }),
    );
    const at = contextOf("ACTIVE");
    await removal().apply(await loadBalancers.read(at), at);
    expect(removal().gone(await loadBalancers.read(at))).toEqual({
      state: "waiting",
      detail: "Service shop/public still there",
    });
  });

  it("A load balancer is waited for until it is gone, also if nothing in the cluster has it any more", async () => {
    const at = contextOf("ACTIVE");
    const interfaceOf = (description: string, groupIds: readonly string[]) => ({
      id: "eni-1",
      subnetId: "subnet-1",
      status: "in-use",
      description,
      groupIds,
    });
    const ec2 = {
      networkInterfaces: async () => [
        interfaceOf("ELB net/k8s-shop-public-0a1b/2c3d", ["sg-own"]),
        interfaceOf("ELB net/k8s-shop-public-0a1b/2c3d", ["sg-own"]),
        interfaceOf("ELB app/k8s-shop-web-4e5f/6a7b", ["sg-other"]),
        interfaceOf("aws-K8S-i-0abc", ["sg-own"]),
      ],
      groupsIn: async () => [
        { id: "sg-own", name: "k8s-shop-public", tags: { "elbv2.k8s.aws/cluster": "acme-eu" } },
        { id: "sg-other", name: "k8s-shop-web", tags: { "elbv2.k8s.aws/cluster": "acme-eu2" } },
      ],
    };
    const output = <O>({ id }: Provider<O>): O | undefined =>
      id === "cluster" ? ({ status: "ACTIVE", vpcId: "vpc-1" } as O) : undefined;
    const aws: RegionWorld["aws"] = { ...at.world.aws, service: async () => ec2 as never };
    const actual = await loadBalancers.read({ ...at, world: { ...at.world, aws }, output });
    const arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/k8s-shop-public-0a1b/2c3d";
    expect(removal().diff(actual, at).operations).toEqual([]);
    expect(removal().gone(actual)).toEqual({
      state: "waiting",
      detail: `load balancer net/k8s-shop-public-0a1b/2c3d (if no controller deletes it: aws elbv2 delete-load-balancer --load-balancer-arn ${arn}) still there`,
    });
  });

  it.each([
    ["Service", "v1", "service.beta.kubernetes.io/aws-load-balancer-attributes"],
    ["Ingress", "networking.k8s.io/v1", "alb.ingress.kubernetes.io/load-balancer-attributes"],
  ] as const)(
    "A %s that protects its load balancer is named before anything is deleted",
    async (kind, version, key) => {
      const annotations = { [key]: "idle_timeout.timeout_seconds=60,deletion_protection.enabled=true" };
      kube.store(object(kind, version, "public", { type: "LoadBalancer" }, { annotations }));
      const at = contextOf("ACTIVE");
      const actual = await loadBalancers.read(at);
      expect(removal().diff(actual, at).obstacle).toEqual({
        kind: "blocked",
        reason: `${kind} shop/public protects its load balancer against deletion: set deletion_protection.enabled=false in its annotation ${key}`,
      });
    },
  );

  it("Argo CD is stopped first, because it would create them again", async () => {
    const labels = { "app.kubernetes.io/name": "argocd-application-controller" };
    kube.store(object("StatefulSet", "apps/v1", "argocd", { replicas: 2 }, { labels }));
    kube.store(object("Service", "v1", "public", { type: "LoadBalancer" }));
    const at = contextOf("ACTIVE");
    const actual = await loadBalancers.read(at);
    expect(removal().diff(actual, at).operations[0]).toEqual({
      verb: "update",
      target: "StatefulSet shop/argocd",
      field: "replicas",
      before: 2,
      after: 0,
    });
    await removal().apply(actual, at);
    expect(kube.objects.get("StatefulSet shop/argocd")?.["spec"]).toEqual({ replicas: 0 });
    expect((await loadBalancers.read(at)).controllers).toEqual([]);
  });

  it.each(["KUBE_UNREACHABLE", "KUBE_DENIED"] as const)(
    "Whether there are any is unknown if the API server cannot be asked (%s), and nothing is deleted then",
    async (code) => {
      const at = contextOf("ACTIVE", () => Promise.reject(new AppError(code, "cannot ask eu.")));
      const { obstacle } = removal().diff(await loadBalancers.read(at), at);
      expect(obstacle?.kind).toBe("blocked");
      expect(obstacle?.reason).toContain("cannot ask eu. If you have deleted the load balancers, pass --except");
    },
  );

  it.each([undefined, "DELETING", "FAILED"])("A cluster that is %s is not asked", async (status) => {
    const at = contextOf(status, () => Promise.reject(new Error("must not be asked")));
    expect(removal().diff(await loadBalancers.read(at), at).operations).toEqual([]);
  });
});
