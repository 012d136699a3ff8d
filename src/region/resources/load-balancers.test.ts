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

  it("Argo CD is stopped first, because it would create them again", async () => {
    const labels = { "app.kubernetes.io/name": "argocd-application-controller" };
    kube.store(object("StatefulSet", "apps/v1", "argocd", { replicas: 1 }, { labels }));
    kube.store(object("Service", "v1", "public", { type: "LoadBalancer" }));
    const at = contextOf("ACTIVE");
    const actual = await loadBalancers.read(at);
    expect(removal().diff(actual, at).operations[0]).toEqual({
      verb: "update",
      target: "StatefulSet shop/argocd",
      field: "replicas",
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
