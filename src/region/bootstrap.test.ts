import type { z } from "zod";
import { beforeEach, describe, expect, it } from "vitest";
import { type MemoryAws, memoryAws } from "../../test/support/memory-aws.ts";
import { type MemoryCluster, memoryCluster, keyOf } from "../../test/support/memory-cluster.ts";
import { memoryLines } from "../../test/support/memory-lines.ts";
import type { Eks } from "../aws/eks/port.ts";
import { trustOf } from "../core/iam-policy.ts";
import type { Aws } from "../aws/port.ts";
import { openJournal } from "../core/journal.ts";
import { beginRun, type StepProgress } from "../core/run.ts";
import { AppError } from "../core/error.ts";
import { platformSchema, type Region } from "../platform/schema.ts";
import { type BootstrappedRegion, bootstrapRegions } from "./bootstrap.ts";
import type { Exit } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import { bootstrapText } from "./bootstrap-text.ts";
import { assertNotStale } from "./plan-file.ts";
import { planRegions, planVersion, type RegionPlanEntry } from "./region-plan.ts";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { seededPart, seededPlaces } from "../../test/support/seeded-part.ts";
import type { RegionWorld } from "./world.ts";

const signal = new AbortController().signal;

let cloud: MemoryAws;
let kube: MemoryCluster;

beforeEach(() => {
  cloud = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" });
  kube = memoryCluster("eu");
});

function worldOf(region: Partial<z.input<typeof platformSchema>["regions"][number]> = {}): RegionWorld {
  const platform = platformSchema.parse({
    name: "acme",
    domain: "acme.example",
    gitops: { repository: "https://git.example/platform.git" },
    regions: [{ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu", ...region }],
  });
  return {
    platform,
    region: platform.regions[0] as Region,
    aws: cloud.aws,
    cluster: async () => cloud.mortal(kube.cluster),
  };
}

async function plan(world: RegionWorld): Promise<RegionPlanEntry> {
  return (await planRegions([world], signal)).regions[0] as RegionPlanEntry;
}

async function pending(world: RegionWorld): Promise<Record<string, string>> {
  const changes = (await plan(world)).changes.filter(({ action }) => action !== "none");
  return Object.fromEntries(
    changes.map(({ step, action, summary, details }) => [step, [action, summary, ...details].join(" | ")]),
  );
}

interface Done {
  readonly exit: Exit;
  readonly findings: readonly Finding[];
  readonly region: BootstrappedRegion;
  readonly told: readonly StepProgress[];
}

async function bootstrap(world: RegionWorld, planned?: RegionPlanEntry): Promise<Done> {
  let now = 0;
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const told: StepProgress[] = [];
  const report = (each: StepProgress): void => void told.push(each);
  const whole = { kind: "RegionPlan", planVersion, regions: [planned ?? (await plan(world))], findings: [] } as const;
  const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
  const { regions, ...done } = await bootstrapRegions([world], whole, run, { clock, signal, report });
  const [region] = regions;
  if (region === undefined) throw new Error("there is no region");
  return { ...done, region, told };
}

/** The AWS in memory with another EKS. */
function awsWith(eks: Eks): Aws {
  return { ...cloud.aws, service: async (name) => (name === "eks" ? (eks as never) : cloud.aws.service(name)) };
}

function counts(): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const { kind } of cloud.things) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
}

const whole = {
  vpc: 1,
  igw: 1,
  subnet: 6,
  eip: 1,
  nat: 1,
  rtb: 4,
  vpce: 1,
  fl: 1,
  role: 6,
  key: 1,
  "launch-template": 1,
};

describe("an empty account", () => {
  it("An empty account is planned without a change, and with the same plan every time", async () => {
    const first = await plan(worldOf());
    expect(first.changes.filter(({ action }) => action !== "create").map(({ step }) => step)).toEqual(["kubernetes"]);
    expect(await plan(worldOf())).toEqual(first);
    expect(cloud.changes()).toBe(0);
  });

  it("An empty account becomes a region, with nothing left to do", async () => {
    const { exit, findings, region } = await bootstrap(worldOf());
    expect({ exit, findings }).toEqual({ exit: 0, findings: [] });
    // A new cluster has the right version.
    expect(region).toMatchObject({ name: "eu", endpoint: "https://api.example", changes: region.steps.length - 1 });
    expect(counts()).toEqual(whole);
    expect(await pending(worldOf())).toEqual({});
  });

  it("Nodes are only in private subnets, and each subnet of a kind is in its own zone", async () => {
    await bootstrap(worldOf());
    const subnets = cloud.things.filter(({ kind }) => kind === "subnet");
    const internal = subnets.filter(({ tags }) => "kubernetes.io/role/internal-elb" in tags);
    expect(cloud.nodegroups.get("default")?.subnetIds.toSorted()).toEqual(internal.map(({ id }) => id).toSorted());
    expect(internal.map(({ facts }) => facts["zone"])).toEqual(["euw1-az3", "euw1-az1", "euw1-az2"]);
    const open = subnets.filter(({ facts }) => facts["assignsPublicIps"]);
    expect(open.map(({ tags }) => tags["kubernetes.io/role/elb"])).toEqual(["1", "1", "1"]);
  });

  it("CoreDNS is created after nodes, and nodes after the add-ons that they need", async () => {
    const { told } = await bootstrap(worldOf());
    const at = (step: string, state: string): number =>
      told.findIndex((each) => each.step === step && each.state === state);
    for (const addon of ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"]) {
      expect(at(`addon-${addon}`, "done")).toBeLessThan(at("node-group", "running"));
    }
    expect(at("node-group", "done")).toBeLessThan(at("addon-coredns", "running"));
  });

  it("The access entry is for the role of the caller, not for its session", async () => {
    await bootstrap(worldOf());
    const eks = await cloud.aws.service("eks");
    expect(await eks.accessEntry("acme-eu", "arn:aws:iam::111122223333:role/admin", signal)).toMatchObject({
      clusterPolicies: ["arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"],
    });
  });

  it("The platform's namespace is in the mesh, under the restricted standard and without ingress", async () => {
    await bootstrap(worldOf());
    expect(kube.objects.get("Namespace /acme")?.metadata.labels).toMatchObject({
      "istio-injection": "enabled",
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    expect([...kube.objects.keys()].toSorted()).toEqual([
      "AppProject argocd/acme",
      "ClusterSecretStore /aws-secrets-manager",
      "LimitRange acme/defaults",
      "Namespace /acme",
      "Namespace /argocd",
      "Namespace /external-secrets",
      "Namespace /istio-system",
      "NetworkPolicy acme/default-deny-ingress",
      "PeerAuthentication istio-system/default",
      "ResourceQuota acme/entrances",
      "StorageClass /gp3",
    ]);
  });
});

/** How many of the changes are disturbed by day: the matrix kills at all of them. */
const killsByDay = 8;

describe("a run that was killed before or after a change", () => {
  it(`After ${seededPlaces} changes, the next run continues, and creates nothing twice`, async () => {
    await bootstrap(worldOf());
    const calls = cloud.changes();
    expect(calls).toBeGreaterThan(30);
    for (const when of ["before", "after"] as const) {
      for (const n of nonEmpty(seededPart([...Array(calls).keys()], killsByDay))) {
        cloud = memoryAws(cloud.aws.target);
        kube = memoryCluster("eu");
        cloud.kill(n, when);
        await expect(bootstrap(worldOf())).rejects.toThrow("killed");
        cloud.restart();
        expect(await bootstrap(worldOf())).toMatchObject({ exit: 0 });
        expect(counts()).toEqual(whole);
        expect(await pending(worldOf())).toEqual({});
      }
    }
  });
});

describe("a stored plan", () => {
  it(`A stored plan can be continued after a kill at ${seededPlaces} changes`, async () => {
    await bootstrap(worldOf());
    const calls = cloud.changes();
    expect(calls).toBeGreaterThan(30);
    for (const n of nonEmpty(seededPart([...Array(calls).keys()], killsByDay))) {
      cloud = memoryAws(cloud.aws.target);
      kube = memoryCluster("eu");
      const stored = await plan(worldOf());
      cloud.kill(n, "after");
      await expect(bootstrap(worldOf(), stored)).rejects.toThrow("killed");
      cloud.restart();
      const now = await plan(worldOf());
      expect(() => assertNotStale(stored, now)).not.toThrow();
      expect(await bootstrap(worldOf(), stored)).toMatchObject({ exit: 0 });
      expect(await pending(worldOf())).toEqual({});
    }
  });

  it("A stored plan is refused if the region needs something else by now", async () => {
    await bootstrap(worldOf());
    const wider = worldOf({ nodes: { min: 4, desired: 5, max: 9 } });
    const stored = await plan(wider);
    const group = cloud.nodegroups.get("default");
    if (group === undefined) throw new Error("there is no node group");
    cloud.nodegroups.set("default", { ...group, scaling: { min: 1, desired: 1, max: 1 } });
    const now = await plan(wider);
    expect(() => assertNotStale(stored, now)).toThrow(expect.objectContaining({ code: "PLAN_DRIFTED" }));
    expect(await bootstrap(wider, stored)).toMatchObject({ exit: 7 });
    expect(cloud.nodegroups.get("default")?.scaling).toEqual({ min: 1, desired: 1, max: 1 });
  });
});

describe("a region that differs from gennet.yaml", () => {
  beforeEach(async () => void (await bootstrap(worldOf())));

  it("A node group gets the limits in gennet.yaml", async () => {
    const wider = worldOf({ nodes: { min: 2, desired: 5, max: 9 } });
    expect(await pending(wider)).toEqual({ "node-group": "update | at most | at most: 6 → 9" });
    await bootstrap(wider);
    expect(cloud.nodegroups.get("default")?.scaling).toEqual({ min: 2, desired: 3, max: 9 });
    expect(await pending(wider)).toEqual({});
  });

  it("A region gets another zone in addition to its existing ones", async () => {
    const wider = worldOf({ network: { zones: 4 } });
    expect((await pending(wider))["subnets"]).toBe(
      "create | public-4, private-4 | " +
        "public-4: range: 10.0.96.0/19, zone: euw1-az4, public addresses: on | " +
        "private-4: range: 10.0.224.0/19, zone: euw1-az4, public addresses: off",
    );
    expect(await bootstrap(wider)).toMatchObject({ exit: 0 });
    expect(counts()).toEqual({ ...whole, subnet: 8, rtb: 5 });
    expect(await pending(wider)).toEqual({});
  });

  it("Differences that cannot be changed are reported and not changed", async () => {
    const other = worldOf({
      network: { cidr: "10.9.0.0/16" },
      nodes: { instanceType: "c7i.large" },
      kubernetesVersion: "1.35",
    });
    const before = cloud.changes();
    const { exit, findings } = await bootstrap(other);
    expect(exit).toBe(3);
    expect(findings.map(({ id, severity, subject }) => [id, severity, subject])).toEqual([
      ["region/blocked", "fail", "VPC (vpc)"],
      ["region/blocked", "fail", "Subnets (subnets)"],
      ["region/blocked", "fail", "Node group (node-group)"],
      ["region/blocked", "fail", "Kubernetes version (kubernetes)"],
    ]);
    expect(cloud.changes()).toBe(before);
  });

  it("Removed labels are restored and named", async () => {
    const namespace = kube.objects.get("Namespace /acme");
    if (namespace === undefined) throw new Error("there is no such namespace");
    kube.objects.set(keyOf(namespace), { ...namespace, metadata: { ...namespace.metadata, labels: {} } });
    expect((await pending(worldOf()))["namespaces"]).toMatch(
      /^update \| metadata\.labels\.\S+ and \d+ more \| .*metadata\.labels\.istio-injection/,
    );
    await bootstrap(worldOf());
    expect(await pending(worldOf())).toEqual({});
  });

  it("Fields that another manager owns stay unchanged, are reported, and lead to exit code 3", async () => {
    kube.owned.add("Namespace /acme");
    expect((await pending(worldOf()))["namespaces"]).toContain(
      'blocked | another field manager owns it: Namespace /acme: owned by "someone"',
    );
  });
});

describe("a component that is not installed", () => {
  it("Only the objects of a missing component are deferred, with the reason", async () => {
    kube.unserved.add("PeerAuthentication").add("AppProject").add("ClusterSecretStore");
    const { exit, findings } = await bootstrap(worldOf());
    expect(exit).toBe(0);
    expect(findings.map(({ severity, summary }) => `${severity}: ${summary}`)).toEqual([
      "skip: until Istio is installed",
      "skip: until Argo CD is installed",
      "skip: until External Secrets is installed",
    ]);
    expect(kube.objects.has("NetworkPolicy acme/default-deny-ingress")).toBe(true);
  });
});

describe("resources that gennet does not manage", () => {
  it("A cluster with the same name but without the tags is refused before anything is created", async () => {
    await bootstrap(worldOf());
    const cluster = cloud.clusters.get("acme-eu");
    if (cluster === undefined) throw new Error("there is no cluster");
    cloud = memoryAws(cloud.aws.target);
    cloud.clusters.set("acme-eu", { ...cluster, tags: { owner: "another-team" } });
    await expect(plan(worldOf())).rejects.toMatchObject({ code: "REGION_NOT_MANAGED", exit: 7 });
    expect(cloud.changes()).toBe(0);
  });

  it("A role with the same name but without the tags is refused before anything is created", async () => {
    const arn = "arn:aws:iam::111122223333:role/acme-eu-cluster";
    cloud.roles.set("acme-eu-cluster", {
      name: "acme-eu-cluster",
      arn,
      trust: trustOf("eks.amazonaws.com", ["sts:AssumeRole"]),
      policies: [],
      inline: {},
      tags: { owner: "another-team" },
    });
    await expect(plan(worldOf())).rejects.toMatchObject({ code: "REGION_NOT_MANAGED", exit: 7 });
    expect(cloud.changes()).toBe(0);
  });

  it("Two resources with the same tags are an error", async () => {
    await bootstrap(worldOf());
    const ec2 = await cloud.aws.service("ec2");
    await ec2.createVpc("10.0.0.0/16", cloud.things.find(({ kind }) => kind === "vpc")?.tags ?? {}, signal);
    await expect(plan(worldOf())).rejects.toMatchObject({ code: "REGION_DOUBLED", exit: 7 });
  });
});

describe("a resource that failed", () => {
  it("A failed resource leads to exit code 3 in this run and in every later one, with the steps that wait for it", async () => {
    await bootstrap(worldOf());
    const made = cloud.clusters.get("acme-eu");
    if (made === undefined) throw new Error("there is no cluster");
    const { endpoint: _, ...broken } = made;
    cloud.clusters.set("acme-eu", { ...broken, status: "FAILED", issues: ["no capacity"] });
    for (let run = 0; run < 2; run++) {
      const { exit, findings, region } = await bootstrap(worldOf());
      expect(exit).toBe(3);
      expect(findings).toMatchObject([{ id: "region/blocked", severity: "fail", subject: "EKS cluster (cluster)" }]);
      expect(region.steps.filter(({ outcome }) => outcome === "skipped").length).toBeGreaterThan(5);
      const text = bootstrapText(
        { kind: "RegionBootstrap", regions: [region], findings },
        { paint: (_tone, said) => said },
      );
      expect(text).toMatch(/^eu: no changes made, 1 blocked, \d+ skipped in /);
    }
  });
});

describe("a connection that is lost while a resource becomes ready", () => {
  it("A lost connection does not end the run", async () => {
    let lost = 0;
    const eks = await cloud.aws.service("eks");
    const flaky: typeof eks = {
      ...eks,
      cluster: async (name, inner) => {
        const cluster = await eks.cluster(name, inner);
        if (cluster?.status !== "CREATING" || lost++ > 0) return cluster;
        throw new AppError("AWS_UNREACHABLE", "DescribeCluster: connection reset");
      },
    };
    const { exit, told } = await bootstrap({ ...worldOf(), aws: awsWith(flaky) });
    expect([exit, lost > 0]).toEqual([0, true]);
    expect(told.some(({ detail = "" }) => detail.startsWith("DescribeCluster: connection reset"))).toBe(true);
  });
});

describe("a step that fails", () => {
  it("A failed step is reported with AWS's message and how to continue, and the next run continues", async () => {
    cloud.strike(0, "before", new AppError("AWS_REJECTED", "The maximum number of VPCs has been reached."));
    const world = worldOf();
    const { exit, findings, region } = await bootstrap(world);
    expect(exit).toBe(3);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      id: "region/step",
      severity: "fail",
      region: "eu",
      summary: "The maximum number of VPCs has been reached.",
      fix: expect.stringContaining("gennet region bootstrap eu"),
    });
    const text = bootstrapText(
      { kind: "RegionBootstrap", regions: [region], findings },
      { paint: (_tone, said) => said },
    );
    expect(text.split("\n").at(-1)).toBe("    → gennet region bootstrap eu  # resumes from here");
    expect(region.steps.some(({ outcome }) => outcome === "changed")).toBe(true);
    expect(region.steps.some(({ outcome }) => outcome === "skipped")).toBe(true);
    expect(await bootstrap(world)).toMatchObject({ exit: 0 });
    expect(counts()).toEqual(whole);
  });
});
