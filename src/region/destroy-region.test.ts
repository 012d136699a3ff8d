import { beforeEach, describe, expect, it } from "vitest";
import { type MemoryAws, memoryAws } from "../../test/support/memory-aws.ts";
import { type MemoryCluster, memoryCluster } from "../../test/support/memory-cluster.ts";
import { memoryLines } from "../../test/support/memory-lines.ts";
import { openJournal } from "../core/journal.ts";
import { beginRun, type JournaledRun, type RunSettings } from "../core/run.ts";
import { platformSchema, type Region } from "../platform/schema.ts";
import { bootstrapRegions } from "./bootstrap.ts";
import { type Destroyed, destroyRegion, planDestruction } from "./destroy.ts";
import { partToDestroy } from "./destroy-scope.ts";
import { pendingIn, planRegions } from "./region-plan.ts";
import type { RegionWorld } from "./world.ts";

const { signal } = new AbortController();
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

  it("A destruction that was killed after a change is continued by the next one", async () => {
    await bootstrap();
    exposeService();
    const before = cloud.changes();
    await destroy();
    const calls = cloud.changes() - before;
    expect(calls).toBeGreaterThan(20);
    for (let n = 0; n < calls; n++) {
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
