import { beforeEach, describe, expect, it } from "vitest";
import { type MemoryAws, memoryAws } from "../../test/support/memory-aws.ts";
import { type MemoryCluster, memoryCluster } from "../../test/support/memory-cluster.ts";
import { memoryLines } from "../../test/support/memory-lines.ts";
import { AppError } from "../core/error.ts";
import { openJournal } from "../core/journal.ts";
import { beginRun, type JournaledRun, type RunSettings } from "../core/run.ts";
import { platformSchema, type Region } from "../platform/schema.ts";
import { bootstrapRegions } from "./bootstrap.ts";
import { type Destroyed, destroyRegion, planDestruction } from "./destroy.ts";
import { plannedDestructionText } from "./destroy-text.ts";
import { partToDestroy } from "./destroy-scope.ts";
import { pendingIn, planRegions } from "./region-plan.ts";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { seededPart, seededPlaces } from "../../test/support/seeded-part.ts";
import type { RegionWorld } from "./world.ts";

const { signal } = new AbortController();
const plain = { wide: false, paint: (_tone: unknown, text: string): string => text };
const platform = platformSchema.parse({
  name: "acme",
  domain: "acme.example",
  regions: [{ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu" }],
});

let cloud: MemoryAws;
let kube: MemoryCluster;

beforeEach(() => start());

function start(): void {
  cloud = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" });
  kube = memoryCluster("eu");
}

function worlds(): readonly RegionWorld[] {
  const region = platform.regions[0] as Region;
  return [{ platform, region, aws: cloud.aws, cluster: async () => cloud.mortal(kube.cluster) }];
}

async function begin(): Promise<readonly [JournaledRun, RunSettings]> {
  let now = 0;
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
  return [run, { clock, signal, report: () => undefined }];
}

async function bootstrap(): Promise<void> {
  const plan = await planRegions(worlds(), signal);
  const { exit } = await bootstrapRegions(worlds(), plan, ...(await begin()));
  expect(exit).toBe(0);
}

async function destroy(): Promise<Destroyed> {
  const part = await partToDestroy(worlds(), { region: "eu", except: [] }, signal);
  const { plan } = await planDestruction(worlds(), part, signal);
  return destroyRegion(worlds(), part, plan, ...(await begin()));
}

function exposeService(): void {
  const metadata = { name: "public", namespace: "acme" };
  kube.store({ apiVersion: "v1", kind: "Service", metadata, spec: { type: "LoadBalancer" } });
}

describe("a whole region", () => {
  it("A whole region is destroyed, after the load balancers of its Services, and can be bootstrapped again", async () => {
    await bootstrap();
    exposeService();
    const { exit, document } = await destroy();
    expect({ exit, left: document.left, findings: document.findings }).toEqual({ exit: 0, left: [], findings: [] });
    const order = document.steps.map(({ step }) => step);
    expect(order[0]).toBe("load-balancers");
    expect(order.indexOf("cluster")).toBeGreaterThan(order.indexOf("node-group"));
    expect([cloud.clusters.size, cloud.nodegroups.size, kube.objects.has("Service acme/public")]).toEqual([
      0,
      0,
      false,
    ]);
    kube = memoryCluster("eu");
    await bootstrap();
    expect(pendingIn(await planRegions(worlds(), signal))).toBe(0);
  });

  it("A bootstrap starts Argo CD again, with its replicas, if a destruction that stopped it was given up", async () => {
    await bootstrap();
    const labels = { "app.kubernetes.io/name": "argocd-application-controller" };
    const metadata = { name: "argocd", namespace: "argocd", labels };
    kube.store({ apiVersion: "apps/v1", kind: "StatefulSet", metadata, spec: { replicas: 2 } });
    exposeService();
    // What does not depend on the cluster is removed at the same time.
    cloud.kill(8, "before");
    await expect(destroy()).rejects.toThrow("killed");
    cloud.restart();
    const argoCd = (): unknown => kube.objects.get("StatefulSet argocd/argocd");
    const annotations = { "gennet.dev/replicas-before-destroy": "2" };
    expect(argoCd()).toMatchObject({ spec: { replicas: 0 }, metadata: { annotations } });
    const plan = await planRegions(worlds(), signal);
    const change = plan.regions[0]?.changes.find(({ step }) => step === "argocd-controller");
    expect(change?.details).toEqual(["replicas: 0 → 2"]);
    expect(change?.operations[0]?.target).toBe("StatefulSet argocd/argocd, which a destruction stopped");
    await bootstrap();
    expect(argoCd()).toMatchObject({ spec: { replicas: 2 }, metadata: { annotations: {} } });
    expect(pendingIn(await planRegions(worlds(), signal))).toBe(0);
  });

  it("An Argo CD that people have stopped stays as it is", async () => {
    await bootstrap();
    const labels = { "app.kubernetes.io/name": "argocd-application-controller" };
    const metadata = { name: "argocd", namespace: "argocd", labels };
    kube.store({ apiVersion: "apps/v1", kind: "StatefulSet", metadata, spec: { replicas: 0 } });
    expect(pendingIn(await planRegions(worlds(), signal))).toBe(0);
  });

  it("What stays is named before and after: volumes of the cluster's claims, and service-linked roles", async () => {
    await bootstrap();
    const claim = { "kubernetes.io/created-for/pvc/name": "data", "kubernetes.io/created-for/pvc/namespace": "shop" };
    const volume = (id: string, tags: Readonly<Record<string, string>>): void =>
      void cloud.things.push({ kind: "vol", id, tags, facts: { sizeGb: 20 } });
    volume("vol-1", { ...claim, "kubernetes.io/cluster/acme-eu": "owned" });
    volume("vol-2", { KubernetesCluster: "acme-eu", CSIVolumeName: "pvc-1" });
    volume("vol-3", { ...claim, "eks:eks-cluster-name": "acme-eu" });
    volume("vol-4", { ...claim, "kubernetes.io/cluster/acme-eu2": "owned" });
    const admin = cloud.roles.get("admin");
    if (admin === undefined) throw new Error("there is no role");
    cloud.roles.set("AWSServiceRoleForAmazonEKS", { ...admin, name: "AWSServiceRoleForAmazonEKS" });
    const part = await partToDestroy(worlds(), { region: "eu", except: [] }, signal);
    const planned = await planDestruction(worlds(), part, signal);
    const role =
      "role AWSServiceRoleForAmazonEKS of the account; if nothing else needs it: aws iam delete-service-linked-role --role-name AWSServiceRoleForAmazonEKS";
    const expected = [
      "EBS volume vol-1 of claim shop/data (20 GiB); to delete it with its data: aws ec2 delete-volume --volume-id vol-1 --region eu-west-1",
      "EBS volume vol-2 (20 GiB); to delete it with its data: aws ec2 delete-volume --volume-id vol-2 --region eu-west-1",
      "EBS volume vol-3 of claim shop/data (20 GiB); to delete it with its data: aws ec2 delete-volume --volume-id vol-3 --region eu-west-1",
    ];
    const kept = planned.kept.map(({ what }) => what);
    expect(kept).toEqual(expect.arrayContaining([...expected, role]));
    expect(plannedDestructionText(planned, plain).split("\n")).toContain(`  · ${expected[0]}`);
    const { exit, document } = await destroyRegion(worlds(), part, planned.plan, ...(await begin()));
    expect({ exit, left: document.left }).toEqual({ exit: 0, left: [] });
    const after = document.kept.filter(({ step }) => ["volumes", "service-linked-roles"].includes(step));
    expect(after.map(({ what }) => what)).toEqual([role, ...expected]);
  });

  it("Volumes and roles that may not be asked for are unknown, and everything else is destroyed", async () => {
    await bootstrap();
    const denied = (): Promise<never> => Promise.reject(new AppError("AWS_DENIED", "not allowed"));
    const [world] = worlds() as [RegionWorld];
    const cloudRoles = await world.aws.service("iam");
    const aws: RegionWorld["aws"] = {
      ...world.aws,
      service: async (name) => {
        const port = await world.aws.service(name);
        if (name === "ec2") return { ...port, claimedVolumes: denied };
        const { roleArn } = cloudRoles;
        const ofRole = (role: string): Promise<string | undefined> =>
          role.startsWith("AWSServiceRole") ? denied() : roleArn(role, signal);
        return name === "iam" ? { ...port, roleArn: ofRole } : port;
      },
    };
    const blind = [{ ...world, aws }];
    const part = await partToDestroy(blind, { region: "eu", except: ["kms-key"] }, signal);
    const { plan } = await planDestruction(blind, part, signal);
    const { exit, document } = await destroyRegion(blind, part, plan, ...(await begin()));
    expect(exit).toBe(3);
    expect(document.left.map(({ step, summary }) => [step, summary])).toEqual([
      ["service-linked-roles", "what exists is unknown: not allowed"],
      ["volumes", "what exists is unknown: not allowed"],
    ]);
    expect(cloud.clusters.size).toBe(0);
  });

  it(`A destruction that was killed after ${seededPlaces} changes is continued by the next one`, async () => {
    await bootstrap();
    exposeService();
    const before = cloud.changes();
    await destroy();
    const calls = cloud.changes() - before;
    expect(calls).toBeGreaterThan(20);
    // The matrix kills at all of them.
    for (const n of nonEmpty(seededPart([...Array(calls).keys()], 8))) {
      start();
      await bootstrap();
      exposeService();
      cloud.kill(n, "after");
      await expect(destroy()).rejects.toThrow("killed");
      cloud.restart();
      expect(await destroy()).toMatchObject({ exit: 0, document: { left: [], findings: [] } });
      expect([cloud.clusters.size, cloud.nodegroups.size]).toEqual([0, 0]);
    }
  });
});
