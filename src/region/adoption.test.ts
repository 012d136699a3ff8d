import { beforeEach, describe, expect, it } from "vitest";
import { type MemoryAws, memoryAws } from "../../test/support/memory-aws.ts";
import { type MemoryCluster, memoryCluster } from "../../test/support/memory-cluster.ts";
import { memoryLines } from "../../test/support/memory-lines.ts";
import type { AppError } from "../core/error.ts";
import { openJournal } from "../core/journal.ts";
import { beginRun } from "../core/run.ts";
import { platformSchema, type Region } from "../platform/schema.ts";
import { bootstrapRegions, type Bootstrapped } from "./bootstrap.ts";
import type { RunScope } from "./platform-graph.ts";
import { asStored, parsePlan } from "./plan-file.ts";
import { planRegions, type RegionChange, type RegionPlan } from "./region-plan.ts";
import { ownTags, type RegionWorld } from "./world.ts";

const { signal } = new AbortController();
const platform = platformSchema.parse({
  name: "acme",
  domain: "acme.example",
  regions: [{ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu" }],
});

let cloud: MemoryAws;
let kube: MemoryCluster;

beforeEach(() => {
  cloud = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" });
  kube = memoryCluster("eu");
});

function worldOf(adopts: boolean): RegionWorld {
  const region = platform.regions[0] as Region;
  return { platform, region, aws: cloud.aws, adopts, cluster: async () => cloud.mortal(kube.cluster) };
}

function plan(adopts: boolean): Promise<RegionPlan> {
  return planRegions([worldOf(adopts)], signal, onlyRole);
}

const onlyRole: RunScope = { only: ["cluster-role"] };

async function bootstrap(planned: RegionPlan, scope = onlyRole): Promise<Bootstrapped> {
  let now = 0;
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
  const settings = { clock, signal, report: () => undefined };
  return bootstrapRegions([worldOf(true)], planned, run, settings, scope);
}

function changeIn({ regions }: RegionPlan): RegionChange {
  const [change] = regions.flatMap(({ changes }) => changes);
  if (change === undefined) throw new Error("the plan has no change");
  return change;
}

/** Makes the role without tags, like one of another team. */
async function foreignRole(): Promise<void> {
  await bootstrap(await plan(true));
  const role = cloud.roles.get("acme-eu-cluster");
  if (role === undefined) throw new Error("there is no role");
  cloud.roles.set(role.name, { ...role, policies: [], tags: { owner: "another-team" } });
}

describe("a resource that gennet did not make", () => {
  it("A foreign resource is refused, unless the run may adopt", async () => {
    await foreignRole();
    await expect(plan(false)).rejects.toMatchObject({ code: "REGION_NOT_MANAGED" });
  });

  it("A foreign resource is planned as adopted, with what that changes, and keeps its own tags", async () => {
    await foreignRole();
    const planned = await plan(true);
    expect(changeIn(planned)).toMatchObject({
      action: "adopt",
      summary: "role acme-eu-cluster",
      why: "it exists, but was not made by gennet",
    });
    const [first, ...others] = changeIn(planned).operations;
    expect(first?.verb).toBe("adopt");
    expect(others.length).toBeGreaterThan(0);
    expect((await bootstrap(planned)).exit).toBe(0);
    expect(cloud.roles.get("acme-eu-cluster")?.tags).toEqual({ owner: "another-team", ...ownTags(worldOf(false)) });
    expect(changeIn(await plan(false)).action).toBe("none");
  });

  it("An adoption that was killed before or after a change is continued, by a stored plan too", async () => {
    await foreignRole();
    const before = cloud.changes();
    const stored = parsePlan(JSON.stringify({ apiVersion: "gennet/v1", ...(await plan(true)) }), "plan.json");
    await bootstrap(stored);
    const calls = cloud.changes() - before;
    expect(calls).toBeGreaterThan(1);
    for (const when of ["before", "after"] as const) {
      for (let n = 0; n < calls; n++) {
        await foreignRole();
        cloud.kill(n, when);
        await expect(bootstrap(stored)).rejects.toThrow("killed");
        cloud.restart();
        expect((await bootstrap(asStored(stored, await plan(true)))).exit).toBe(0);
        expect(changeIn(await plan(false)).action).toBe("none");
      }
    }
  });

  it("What is foreign only since the plan was made is not adopted", async () => {
    const planned = await plan(true);
    await foreignRole();
    const { exit, regions } = await bootstrap(planned);
    expect(exit).toBe(7);
    expect(regions[0]?.steps[0]?.code).toBe("PLAN_DRIFTED");
    expect(cloud.roles.get("acme-eu-cluster")?.tags).toEqual({ owner: "another-team" });
  });

  it("What is in a cluster is adopted with it, and then needs no flag", async () => {
    const whole = {};
    await bootstrap(await planRegions([worldOf(true)], signal, whole), whole);
    const foreign = <T extends object>(all: Map<string, T>): void => {
      for (const [key, each] of all) all.set(key, { ...each, tags: { owner: "another-team" } });
    };
    foreign(cloud.nodegroups);
    foreign(cloud.addons);
    foreign(cloud.identities);
    const template = cloud.things.find(({ kind }) => kind === "launch-template");
    if (template === undefined) throw new Error("there is no launch template");
    cloud.things[cloud.things.indexOf(template)] = { ...template, tags: {} };
    await expect(planRegions([worldOf(false)], signal)).rejects.toMatchObject({ code: "REGION_NOT_MANAGED" });
    const planned = await planRegions([worldOf(true)], signal, whole);
    const adopted = planned.regions.flatMap(({ changes }) => changes.filter(({ action }) => action === "adopt"));
    expect(adopted.map(({ step }) => step).toSorted()).toEqual([
      "addon-aws-ebs-csi-driver",
      "addon-coredns",
      "addon-eks-node-monitoring-agent",
      "addon-eks-pod-identity-agent",
      "addon-kube-proxy",
      "addon-metrics-server",
      "addon-vpc-cni",
      "ebs-csi-identity",
      "external-secrets-identity",
      "node-group",
      "node-template",
      "vpc-cni-identity",
    ]);
    expect((await bootstrap(planned, whole)).exit).toBe(0);
    const after = await planRegions([worldOf(false)], signal);
    expect(after.regions.flatMap(({ changes }) => changes.filter(({ action }) => action === "adopt"))).toEqual([]);
    expect(cloud.addons.get("coredns")?.tags).toEqual({ owner: "another-team", ...ownTags(worldOf(false)) });
  });

  it("The error about what is never taken over does not offer to adopt it", async () => {
    const whole = {};
    await bootstrap(await planRegions([worldOf(true)], signal, whole), whole);
    const [id, key] = [...cloud.keys][0] ?? [];
    if (id === undefined || key === undefined) throw new Error("there is no key");
    cloud.keys.set(id, { ...key, tags: {} });
    const error: unknown = await planRegions([worldOf(true)], signal).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "REGION_NOT_MANAGED" });
    expect((error as AppError).next.join()).not.toContain("--adopt");
  });

  it("A foreign cluster is adopted, too", async () => {
    const whole = {};
    await bootstrap(await planRegions([worldOf(true)], signal, whole), whole);
    const cluster = cloud.clusters.get("acme-eu");
    if (cluster === undefined) throw new Error("there is no cluster");
    cloud.clusters.set("acme-eu", { ...cluster, tags: { owner: "another-team" } });
    const planned = await planRegions([worldOf(true)], signal, { only: ["cluster"] });
    expect(changeIn(planned)).toMatchObject({ action: "adopt", summary: "cluster acme-eu" });
    expect((await bootstrap(planned, { only: ["cluster"] })).exit).toBe(0);
    expect(cloud.clusters.get("acme-eu")?.tags).toEqual({ owner: "another-team", ...ownTags(worldOf(false)) });
  });
});
