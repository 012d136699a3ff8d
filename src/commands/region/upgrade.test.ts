import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bootstrapped } from "../../../test/support/bootstrapped-region.ts";
import { assertDocument } from "../../../test/support/documents.ts";
import { memoryHost } from "../../../test/support/host.ts";
import { memoryAws, type MemoryAws } from "../../../test/support/memory-aws.ts";
import { memoryCluster, type MemoryCluster } from "../../../test/support/memory-cluster.ts";
import { regionContext } from "../../../test/support/region-context.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { Context } from "../../context.ts";
import { run as rollback, present as presentRollback } from "./rollback.run.ts";
import { run as upgrade, present } from "./upgrade.run.ts";
import type { RegionUpgradeInput } from "./upgrade.ts";
import { worldsOf } from "./worlds.run.ts";

/** What -o json prints. */
const printed = (document: object): object =>
  JSON.parse(JSON.stringify({ apiVersion: "gennet/v1", ...document })) as object;

const names = ["eu", "us"] as const;
const awsRegions = { eu: "eu-west-1", us: "us-east-1" };
const plain = { wide: false, columns: 120, paint: (_tone: unknown, text: string): string => text };
const told: string[] = [];
const clock = virtualClock();

let folder: string;
let clouds: Record<(typeof names)[number], { cloud: MemoryAws; kube: MemoryCluster }>;

/** us is in an earlier wave. */
function yamlFor(version: string, state: "local" | "bucket"): string {
  const regions = names.map((name, at) => {
    const facts = `name: ${name}, awsRegion: ${awsRegions[name]}, accountId: "111122223333", cluster: acme-${name}`;
    const more = `wave: ${2 - at}, primary: ${at === 0}, network: {cidr: 10.${at}.0.0/16}`;
    return `  - {${facts}, ${more}, kubernetes: {version: "${version}"}}`;
  });
  return ["name: acme", "domain: acme.example", `state: ${state}`, "regions:", ...regions].join("\n");
}

async function contextFor(version: string, state: "local" | "bucket" = "local"): Promise<Context> {
  const inMemory = Object.fromEntries(
    names.map((name) => [name, { aws: clouds[name].cloud.aws, cluster: clouds[name].kube.cluster }]),
  );
  const context = await regionContext(folder, yamlFor(version, state), inMemory);
  return {
    ...context.over({ host: { ...context.host, clock } }),
    preview: (document, text) => void told.push(text(document, plain)),
  };
}

/** Does `work` while the question is open. */
async function asking(work: () => Promise<unknown>): Promise<Context> {
  const prompts = await memoryHost({ answers: [{ at: "", answer: true }] }).prompts();
  const confirm: typeof prompts.confirm = async (question, signal) => {
    await work();
    return prompts.confirm(question, signal);
  };
  const context = await contextFor("1.35", "bucket");
  const host = { ...context.host, interactive: true, prompts: async () => ({ ...prompts, confirm }) };
  return context.over({ options: { ...context.options, noInput: false }, host });
}

const input: RegionUpgradeInput = { names: [], bake: undefined, gate: ["cluster/eks"], dryRun: false, yes: true };

function versionsOf(name: (typeof names)[number]): readonly (string | undefined)[] {
  const { clusters, nodegroups } = clouds[name].cloud;
  return [clusters.get(`acme-${name}`)?.version, nodegroups.get("default")?.version];
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-upgrade-"));
  told.length = 0;
  const made = (name: "eu" | "us"): (typeof clouds)["eu"] => ({
    cloud: memoryAws({ name, awsRegion: awsRegions[name], accountId: "111122223333" }, undefined, clock.now),
    kube: memoryCluster(name),
  });
  clouds = { eu: made("eu"), us: made("us") };
  const context = await contextFor("1.34");
  await bootstrapped(await worldsOf(context));
});
afterEach(async () => rm(folder, { recursive: true }));

describe("gennet region upgrade", () => {
  it("gennet region upgrade shows its steps, and upgrades all regions in the order of their waves", async () => {
    const { exit, document } = await upgrade(input, await contextFor("1.35"));
    assertDocument(printed(document));
    expect(exit).toBe(0);
    expect(document.regions.map(({ region, from, to, changes }) => [region, from, to, changes > 0])).toEqual([
      ["us", "1.34", "1.35", true],
      ["eu", "1.34", "1.35", true],
    ]);
    expect([versionsOf("eu"), versionsOf("us")]).toEqual([
      ["1.35", "1.35"],
      ["1.35", "1.35"],
    ]);
    expect(told.join("\n")).toContain("Control plane 1.35");
    expect(told.join("\n")).toContain("Kubernetes: 1.34 → 1.35");
    expect(present(document, plain)).toContain("us: Kubernetes 1.34 → 1.35, ");
  });

  it("gennet region upgrade and rollback can be resumed as soon as they were agreed to, and before their first change", async () => {
    const seen: string[] = [];
    const noting = async (what: string): Promise<Context> => {
      const before = clouds.eu.cloud.changes();
      const resumable = (): void => void seen.push(`${what}: ${clouds.eu.cloud.changes() - before}`);
      return { ...(await contextFor("1.35")), resumable };
    };
    const undo = { name: "eu", dryRun: false, yes: true };
    await upgrade({ ...input, names: ["eu"], dryRun: true }, await noting("dry run"));
    await upgrade({ ...input, names: ["eu"] }, await noting("upgrade"));
    await upgrade({ ...input, names: ["eu"] }, await noting("upgrade again"));
    const [group] = clouds.eu.cloud.nodegroups.values();
    if (group !== undefined) clouds.eu.cloud.nodegroups.set("default", { ...group, version: "1.34" });
    await rollback({ ...undo, dryRun: true }, await noting("dry run"));
    await rollback(undo, await noting("rollback"));
    expect(seen).toEqual(["upgrade: 0", "rollback: 0"]);
  });

  it("gennet region upgrade --dry-run changes nothing, and exits with 8 if there is something to upgrade", async () => {
    const before = clouds.eu.cloud.changes();
    const { exit, document } = await upgrade({ ...input, names: ["eu"], dryRun: true }, await contextFor("1.35"));
    expect({ exit, changes: clouds.eu.cloud.changes() - before }).toEqual({ exit: 8, changes: 0 });
    expect(present(document, plain)).toMatch(/^eu: Kubernetes 1\.34 → 1\.35, \d+ changes to make/);
  });

  it("gennet region upgrade has nothing to do for a region with the version of gennet.yaml, and changes nothing", async () => {
    const before = clouds.eu.cloud.changes();
    const { exit, document } = await upgrade({ ...input, names: ["eu"] }, await contextFor("1.34", "bucket"));
    expect({ exit, text: present(document, plain) }).toEqual({ exit: 0, text: "eu: Kubernetes 1.34, nothing to do" });
    expect(clouds.eu.cloud.changes()).toBe(before);
  });

  it("gennet region upgrade does not repeat what another run made while the question was open", async () => {
    const asked = { ...input, names: ["us"], yes: false };
    const context = await asking(async () => upgrade({ ...asked, yes: true }, await contextFor("1.35", "bucket")));
    const { exit, document } = await upgrade(asked, context);
    expect({ exit, changes: document.regions.map(({ changes }) => changes) }).toEqual({ exit: 0, changes: [0] });
    expect(versionsOf("us")).toEqual(["1.35", "1.35"]);
  });

  it("gennet region upgrade stops before the first change if more has to be done than was agreed to", async () => {
    const { addons } = clouds.us.cloud;
    const context = await asking(async () => {
      const addon = addons.get("vpc-cni");
      if (addon !== undefined) addons.set("vpc-cni", { ...addon, version: "v1.31.1" });
    });
    const run = upgrade({ ...input, names: ["us"], yes: false }, context);
    await expect(run).rejects.toMatchObject({ code: "PLAN_DRIFTED" });
    expect(versionsOf("us")).toEqual(["1.34", "1.34"]);
  });

  it("gennet region upgrade stops before the first change if something is in the way, and names it", async () => {
    const { nodegroups } = clouds.us.cloud;
    const [group] = [...nodegroups.values()];
    if (group === undefined) throw new Error("there is no node group");
    nodegroups.set("batch", { ...group, name: "batch", version: "1.33", tags: {} });
    const before = clouds.us.cloud.changes();
    await expect(upgrade(input, await contextFor("1.35"))).rejects.toMatchObject({
      code: "REGION_NOT_READY",
      message: expect.stringContaining("node group batch, which gennet does not manage, has Kubernetes 1.33"),
    });
    expect(clouds.us.cloud.changes()).toBe(before);
  });

  it("gennet region upgrade stops at the first region that fails, and leaves the others alone", async () => {
    const issues = ["SubnetNotFound: a subnet is gone"];
    const { clusters } = clouds.us.cloud;
    const context = await contextFor("1.35");
    const sick = setInterval(() => {
      const cluster = clusters.get("acme-us");
      if (cluster?.version === "1.35" && cluster.issues.length === 0) clusters.set("acme-us", { ...cluster, issues });
    }, 0);
    const { exit, document } = await upgrade(input, context).finally(() => clearInterval(sick));
    assertDocument(printed(document));
    expect(exit).toBe(3);
    expect(document.findings.map(({ fix }) => fix)).toEqual([
      "gennet region rollback us  # rolls the control plane back",
    ]);
    expect([versionsOf("us"), versionsOf("eu")]).toEqual([
      ["1.35", "1.34"],
      ["1.34", "1.34"],
    ]);
    expect(present(document, plain)).toContain("eu: Kubernetes 1.34 → 1.35, no changes made");
  });
});

describe("gennet region rollback", () => {
  it("gennet region rollback keeps its journal in the region's bucket, and changes nothing when it is done", async () => {
    const context = await contextFor("1.35", "bucket");
    const { updateVersion } = await clouds.eu.cloud.aws.service("eks");
    await updateVersion("acme-eu", "1.35", context.signal);
    await rollback({ name: "eu", dryRun: false, yes: true }, context);
    const before = clouds.eu.cloud.changes();
    const { exit, document } = await rollback({ name: "eu", dryRun: false, yes: true }, context);
    assertDocument(printed(document));
    expect({ exit, changes: document.changes }).toEqual({ exit: 0, changes: 0 });
    expect(document.asksForAnother).toMatchObject({ line: 5 });
    expect(clouds.eu.cloud.changes()).toBe(before);
  });

  it("gennet region rollback brings back the control plane, and names the line of gennet.yaml that still asks for more", async () => {
    const context = await contextFor("1.35");
    const { updateVersion } = await clouds.eu.cloud.aws.service("eks");
    await updateVersion("acme-eu", "1.35", context.signal);
    const { exit, document } = await rollback({ name: "eu", dryRun: false, yes: true }, context);
    assertDocument(printed(document));
    expect({ exit, versions: versionsOf("eu") }).toEqual({ exit: 0, versions: ["1.34", "1.34"] });
    expect(document.asksForAnother).toMatchObject({ file: "gennet.yaml", line: 5 });
    expect(presentRollback(document, plain)).toContain("gennet.yaml:5: set the version of region eu to 1.34");
  });

  it("gennet region rollback says why a cluster cannot be rolled back", async () => {
    const context = await contextFor("1.35");
    const input = { name: "eu", dryRun: true, yes: false };
    await expect(rollback(input, context)).rejects.toMatchObject({
      code: "REGION_UPGRADE_REFUSED",
      message:
        "Region eu cannot be rolled back: EKS lists no upgrade to Kubernetes 1.34, so there is none to roll back.",
    });
    const eks = await clouds.eu.cloud.aws.service("eks");
    await eks.updateVersion("acme-eu", "1.35", context.signal);
    await clock.sleep(7 * 24 * 60 * 60_000);
    await expect(rollback(input, context)).rejects.toThrow(
      "EKS rolls back an upgrade for seven days, and these ended on",
    );
    const group = clouds.eu.cloud.nodegroups.get("default");
    if (group === undefined) throw new Error("there is no node group");
    await eks.rollNodegroup("acme-eu", { name: "default", version: "1.35" }, group.template, context.signal);
    await expect(rollback(input, context)).rejects.toThrow("node group default has Kubernetes 1.35 already");
  });
});
