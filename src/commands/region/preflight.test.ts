import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MemoryAws, memoryAws } from "../../../test/support/memory-aws.ts";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { type Clouds, regionContext } from "../../../test/support/region-context.ts";
import type { TextView } from "../../core/command.ts";
import type { Context } from "../../context.ts";
import { run as bootstrap } from "./bootstrap.run.ts";
import { run as plan } from "./plan.run.ts";
import { present, run as status } from "./status.run.ts";

const accountId = "111122223333";
let folder: string;
let eu: MemoryAws;
let us: MemoryAws;
let clouds: Clouds;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-preflight-"));
  eu = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId });
  us = memoryAws({ name: "us", awsRegion: "us-east-1", accountId });
  clouds = {
    eu: { aws: eu.aws, cluster: memoryCluster("eu").cluster },
    us: { aws: us.aws, cluster: memoryCluster("us").cluster },
  };
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const region = (name: string, awsRegion: string, cidr: string, rest = ""): string =>
  `  - {name: ${name}, awsRegion: ${awsRegion}, accountId: "${accountId}", cluster: acme-${name}, network: {cidr: ${cidr}}${rest}}\n`;

function contextOf(rest = ""): Promise<Context> {
  const regions = region("eu", "eu-west-1", "10.0.0.0/16", rest) + region("us", "us-east-1", "10.1.0.0/16");
  return regionContext(folder, `name: acme\ndomain: acme.example\nregions:\n${regions}`, clouds);
}

const everything = { name: undefined, only: [], except: [], adopt: false };
const all = { ...everything, plan: undefined, dryRun: false, yes: true };
const impossible = ', nodes: {instanceType: "nonsense.9xl"}';

describe("region bootstrap", () => {
  it("Bootstrap makes nothing at all if AWS cannot make everything that the plan creates", async () => {
    await expect(bootstrap(all, await contextOf(impossible))).rejects.toMatchObject({
      code: "REGION_PREFLIGHT_FAILED",
      exit: 3,
      message: "No changes made. eu: instance type nonsense.9xl: not offered in eu-west-1",
      next: ["Set nodes.instanceType of region eu in gennet.yaml to a type that is offered there."],
    });
    expect([eu.changes(), us.changes()]).toEqual([0, 0]);
  });

  it("Bootstrap of another region alone is not stopped, and its result has no findings of the pre-flight", async () => {
    const { exit, document } = await bootstrap({ ...all, name: "us" }, await contextOf(impossible));
    expect({ exit, findings: document.findings }).toEqual({ exit: 0, findings: [] });
    expect(eu.changes()).toBe(0);
    expect(us.changes()).toBeGreaterThan(10);
  });

  it("A dry run exits with 3 and shows what is wrong", async () => {
    const { exit, document } = await bootstrap({ ...all, dryRun: true }, await contextOf(impossible));
    expect(exit).toBe(3);
    expect(document.findings).toContainEqual(
      expect.objectContaining({ id: "preflight/instance-type", severity: "fail", region: "eu" }),
    );
  });
});

describe("region plan", () => {
  it("A plan that is to be written into a folder that does not exist is refused before AWS is asked", async () => {
    const context = (await contextOf()).over({ aws: () => Promise.reject(new Error("AWS was asked")) });
    await expect(plan({ ...everything, out: "nowhere/plan.json" }, context)).rejects.toMatchObject({
      code: "FILE_UNUSABLE",
      exit: 2,
    });
  });
});

describe("region status", () => {
  const view: TextView = { wide: false, columns: 200, paint: (_tone, text) => text };

  it("A region as in gennet.yaml exits with 0, and one that does not exist with 3", async () => {
    await bootstrap({ ...all, name: "us" }, await contextOf());
    const one = await status({ name: "us", strict: false }, await contextOf());
    expect(one.exit).toBe(0);
    expect(present(one.document, view)).toMatch(/^us +(\d+)\/\1 +1\.34 +standard until 2027-01-01 +-$/m);
    expect(one.document.regions.map(({ name }) => name)).toEqual(["us"]);
    const both = await status({ name: undefined, strict: false }, await contextOf());
    expect(both.exit).toBe(3);
    expect(present(both.document, view)).toContain(
      "  ✖ region eu: does not exist yet [region/resources]\n      → gennet region bootstrap eu",
    );
  });

  it("Warnings are exit 0, and 9 with --strict", async () => {
    await bootstrap({ ...all, name: "us" }, await contextOf());
    const cluster = us.clusters.get("acme-us");
    if (cluster !== undefined) us.clusters.set("acme-us", { ...cluster, logging: ["api"] });
    expect((await status({ name: "us", strict: false }, await contextOf())).exit).toBe(0);
    const { exit, document } = await status({ name: "us", strict: true }, await contextOf());
    expect(exit).toBe(9);
    expect(present(document, view)).toContain("EKS cluster (cluster): differs from gennet.yaml");
    expect(present(document, { ...view, wide: true })).toMatch(/VPC +as in gennet\.yaml/);
  });
});
