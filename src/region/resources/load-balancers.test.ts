import { beforeEach, describe, expect, it } from "vitest";
import { type MemoryCluster, memoryCluster } from "../../../test/support/memory-cluster.ts";
import { type MemoryBalancers, memoryElbv2 } from "../../../test/support/memory-elbv2.ts";
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
let held: MemoryBalancers;
/** Only these calls of EC2 are made. */
let ec2: Readonly<Record<"networkInterfaces" | "groupsIn", () => Promise<readonly object[]>>>;

function contextOf(status: string | undefined, cluster: RegionWorld["cluster"] = async () => kube.cluster) {
  const [world] = trialRegions().worlds;
  if (world === undefined) throw new Error("there is no region");
  const output = <O>({ id }: Provider<O>): O | undefined =>
    (id === "cluster" && status !== undefined ? ({ status, vpcId: "vpc-1" } as EksCluster as unknown) : undefined) as
      | O
      | undefined;
  const required = <O>(resource: Provider<O>): O => output(resource) as O;
  const service: RegionWorld["aws"]["service"] = async (name) => {
    const ports: Readonly<Record<string, object>> = { ec2, elbv2: memoryElbv2(held) };
    return ports[name] as never;
  };
  const own = { world: { ...world, aws: { ...world.aws, service }, cluster }, output, required };
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
  held = { balancers: [], targetGroups: [] };
  ec2 = { networkInterfaces: async () => [], groupsIn: async () => [] };
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

  const arnOf = (name: string): string => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/${name}`;
  const tagged = (name: string, tags: Readonly<Record<string, string>>): void =>
    void held.balancers.push({ arn: arnOf(name), kind: "network", tags });

  it.each([
    ["the AWS Load Balancer Controller", { "elbv2.k8s.aws/cluster": "acme-eu" }],
    ["EKS Auto Mode", { "eks:eks-cluster-name": "acme-eu" }],
    ["Kubernetes", { "kubernetes.io/cluster/acme-eu": "owned" }],
  ])("A load balancer with the cluster's tag of %s is waited for, also without a security group", async (_, tags) => {
    tagged("net/k8s-shop-public-0a1b/2c3d", tags);
    tagged("net/k8s-shop-public-4e5f/6a7b", { "elbv2.k8s.aws/cluster": "acme-eu2" });
    tagged("net/shared/8c9d", { "kubernetes.io/cluster/acme-eu": "shared" });
    const at = contextOf("ACTIVE");
    const actual = await loadBalancers.read(at);
    expect(removal().diff(actual, at).operations).toEqual([]);
    const deletion = `aws elbv2 delete-load-balancer --load-balancer-arn ${arnOf("net/k8s-shop-public-0a1b/2c3d")} --region eu-west-1`;
    expect(removal().gone(actual)).toEqual({
      state: "waiting",
      detail: `load balancer net/k8s-shop-public-0a1b/2c3d (if no controller deletes it: ${deletion}) still there`,
    });
  });

  it("A classic load balancer is known by the security groups of its network interfaces", async () => {
    const interfaceOf = (description: string, groupIds: readonly string[]) => ({ id: "eni-1", description, groupIds });
    ec2 = {
      networkInterfaces: async () => [
        interfaceOf("ELB a0b1c2", ["sg-own"]),
        interfaceOf("ELB a0b1c2", ["sg-own"]),
        interfaceOf("ELB d3e4f5", ["sg-other"]),
        interfaceOf("aws-K8S-i-0abc", ["sg-own"]),
      ],
      groupsIn: async () => [
        { id: "sg-own", name: "k8s-elb-a0b1c2", tags: { "kubernetes.io/cluster/acme-eu": "owned" } },
        { id: "sg-other", name: "k8s-elb-d3e4f5", tags: { "kubernetes.io/cluster/acme-eu2": "owned" } },
      ],
    };
    const actual = await loadBalancers.read(contextOf("ACTIVE"));
    expect(actual.balancers).toEqual([
      {
        name: "a0b1c2",
        deletion: "aws elb delete-load-balancer --load-balancer-name a0b1c2 --region eu-west-1",
      },
    ]);
  });

  it.each([undefined, "DELETING", "FAILED"])(
    "A load balancer of a cluster that is %s is named with the command that deletes it",
    async (status) => {
      tagged("app/k8s-shop-web-0a1b/2c3d", { "elbv2.k8s.aws/cluster": "acme-eu" });
      const at = contextOf(status, () => Promise.reject(new Error("must not be asked")));
      expect(removal().diff(await loadBalancers.read(at), at)).toEqual({
        operations: [],
        obstacle: {
          kind: "blocked",
          reason: "the cluster is gone, so no controller deletes its load balancers: app/k8s-shop-web-0a1b/2c3d",
          next: [
            `aws elbv2 delete-load-balancer --load-balancer-arn ${arnOf("app/k8s-shop-web-0a1b/2c3d")} --region eu-west-1`,
          ],
        },
      });
    },
  );

  it("Load balancers that may not be listed are unknown, and nothing is deleted then", async () => {
    const denied = new AppError("AWS_DENIED", "AWS denied Elastic Load Balancing v2 DescribeLoadBalancers.");
    const at = contextOf("ACTIVE");
    const service: RegionWorld["aws"]["service"] = () => Promise.reject(denied);
    const actual = await loadBalancers.read({ ...at, world: { ...at.world, aws: { ...at.world.aws, service } } });
    expect(removal().diff(actual, at).obstacle).toMatchObject({
      kind: "blocked",
      reason: expect.stringContaining("DescribeLoadBalancers. If you have deleted the load balancers") as string,
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
