import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryHost, type ScriptedAnswer } from "../../../test/support/host.ts";
import { type MemoryAws, memoryAws } from "../../../test/support/memory-aws.ts";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { regionContext } from "../../../test/support/region-context.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { EksCluster } from "../../aws/eks/port.ts";
import type { Context } from "../../context.ts";
import type { Cluster } from "../../k8s/port.ts";
import { run as bootstrap } from "./bootstrap.run.ts";
import { run as destroy } from "./destroy.run.ts";

const accountId = "111122223333";
const bucket = `acme-us-${accountId}-state`;
let folder: string;
let us: MemoryAws;
let applied: number;
let cluster: Cluster;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-unchanged-"));
  us = memoryAws({ name: "us", awsRegion: "us-east-1", accountId });
  applied = 0;
  const own = memoryCluster("us").cluster;
  cluster = {
    ...own,
    apply: async (object, options, signal) => {
      if (options.dryRun !== true) applied++;
      return own.apply(object, options, signal);
    },
  };
});
afterEach(() => rm(folder, { recursive: true }));

async function contextOf(state: "bucket" | "local"): Promise<Context> {
  const region = `{name: us, awsRegion: us-east-1, accountId: "${accountId}", cluster: acme-us}`;
  const text = `name: acme\ndomain: acme.example\nstate: ${state}\nregions:\n  - ${region}\n`;
  const context = await regionContext(folder, text, { us: { aws: us.aws, cluster } });
  return context.over({ host: { ...context.host, clock: virtualClock() } });
}

/** What the objects and files of journals and leases contain. */
async function evidence(): Promise<readonly unknown[]> {
  const files = await readdir(folder, { recursive: true });
  return [...(us.buckets.get(bucket)?.objects ?? []), ...files.filter((name) => name.includes("journal"))];
}

const input = { name: "us", plan: undefined, only: [], except: [], adopt: false, dryRun: false, yes: true };
const destruction = { name: "us", confirm: "us", except: [], dryRun: false };

describe("a run without changes", () => {
  it.each(["bucket", "local"] as const)(
    "A bootstrap that finds nothing to change makes no mutating call and writes no line: state: %s",
    async (state) => {
      const first = await bootstrap(input, await contextOf(state));
      const before = await evidence();
      nonEmpty(before);
      const [made, objects] = [us.changes(), applied];
      const { exit, document } = await bootstrap(input, await contextOf(state));
      expect({ exit, changes: document.regions[0]?.changes }).toEqual({ exit: 0, changes: 0 });
      expect([us.changes(), applied]).toEqual([made, objects]);
      expect(await evidence()).toEqual(before);
      expect(document.regions[0]?.endpoint).toBe(first.document.regions[0]?.endpoint);
      expect(document.regions[0]?.endpoint).toMatch(/^https:/);
    },
  );

  it.each(["bucket", "local"] as const)(
    "The destruction of a region that is gone makes no mutating call and writes no line: state: %s",
    async (state) => {
      const { exit, document } = await destroy(destruction, await contextOf(state));
      expect({ exit, left: document.left }).toEqual({ exit: 0, left: [] });
      expect(us.changes()).toBe(0);
      expect(await evidence()).toEqual([]);
    },
  );

  it("A bootstrap that is blocked in all that is left exits with 3, and makes no mutating call", async () => {
    await bootstrap(input, await contextOf("bucket"));
    const [[name, group] = []] = us.nodegroups;
    if (group !== undefined) us.nodegroups.set(name ?? "", { ...group, status: "DELETE_FAILED" });
    const made = us.changes();
    const { exit, document } = await bootstrap(input, await contextOf("bucket"));
    expect(exit).toBe(3);
    expect(document.findings).toContainEqual(expect.objectContaining({ id: "region/blocked", severity: "fail" }));
    expect(us.changes()).toBe(made);
  });
});

describe("a run that is stopped", () => {
  it("A bootstrap or a destruction can be resumed as soon as it was agreed to, and before its first change", async () => {
    const seen: string[] = [];
    const noting = async (what: string): Promise<Context> => {
      const before = us.changes();
      return { ...(await contextOf("bucket")), resumable: () => seen.push(`${what}: ${us.changes() - before}`) };
    };
    await bootstrap({ ...input, dryRun: true }, await noting("dry run"));
    await bootstrap(input, await noting("bootstrap"));
    await bootstrap(input, await noting("bootstrap again"));
    await destroy({ ...destruction, dryRun: true }, await noting("dry run"));
    await destroy(destruction, await noting("destroy"));
    await destroy(destruction, await noting("destroy again"));
    expect(seen).toEqual(["bootstrap: 0", "destroy: 0"]);
  });
});

describe("a plan that was agreed to while another run worked", () => {
  /** Does `work` while the question is open. */
  async function asking(at: string, work: () => Promise<unknown>): Promise<Context> {
    const answers: ScriptedAnswer[] = [{ at, answer: true }];
    const prompts = await memoryHost({ answers }).prompts();
    const confirm: typeof prompts.confirm = async (question, signal) => {
      await work();
      return prompts.confirm(question, signal);
    };
    const context = await contextOf("bucket");
    const options = { ...context.options, noInput: false };
    return context.over({
      options,
      host: { ...context.host, interactive: true, prompts: async () => ({ ...prompts, confirm }) },
    });
  }

  it("What the other run has made is not made twice", async () => {
    const context = await asking("Make these", async () => bootstrap(input, await contextOf("bucket")));
    const { exit, document } = await bootstrap({ ...input, yes: false }, context);
    expect({ exit, changes: document.regions[0]?.changes }).toEqual({ exit: 0, changes: 0 });
    const vpc = document.regions[0]?.steps.find(({ step }) => step === "vpc");
    expect(vpc).toMatchObject({ outcome: "unchanged", summary: "is done already" });
    expect(us.things.filter(({ kind }) => kind === "vpc")).toHaveLength(1);
  });

  it("If more has to be done than was agreed to, the run stops before its first change", async () => {
    await bootstrap(input, await contextOf("bucket"));
    const edit = (changes: Partial<EksCluster>): void => {
      const own = us.clusters.get("acme-us");
      if (own !== undefined) us.clusters.set("acme-us", { ...own, ...changes });
    };
    edit({ logging: ["api"] });
    const made = us.changes();
    const context = await asking("Make this change?", async () => edit({ deletionProtection: false }));
    await expect(bootstrap({ ...input, yes: false }, context)).rejects.toMatchObject({ code: "PLAN_DRIFTED" });
    // The lease was taken and released.
    expect(us.changes() - made).toBe(2);
    expect(us.clusters.get("acme-us")?.logging).toEqual(["api"]);
  });

  it("With --yes, a run makes what is due once it has the lease", async () => {
    await bootstrap(input, await contextOf("bucket"));
    const own = us.clusters.get("acme-us");
    if (own !== undefined) us.clusters.set("acme-us", { ...own, logging: ["api"] });
    const { exit, document } = await bootstrap(input, await contextOf("bucket"));
    expect({ exit, changes: document.regions[0]?.changes }).toEqual({ exit: 0, changes: 1 });
    expect(us.clusters.get("acme-us")?.logging).toEqual(own?.logging);
  });
});
