import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HostOptions, memoryHost } from "../../../test/support/host.ts";
import { memoryAws } from "../../../test/support/memory-aws.ts";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { trialPlatform } from "../../../test/support/trial-regions.ts";
import type { Context } from "../../context.ts";
import { envelope } from "../../core/outcome.ts";
import { creation } from "../../core/resource.ts";
import { journalFolder } from "../../host/journal-file.ts";
import { described, planVersion, type RegionPlan } from "../../region/region-plan.ts";
import { run as destroy } from "./destroy.run.ts";
import { present, run as show } from "./show.run.ts";

let folder: string;
const told: string[] = [];
const plain = { wide: false, columns: 120, paint: (_tone: unknown, text: string): string => text };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-regions-"));
  told.length = 0;
});
afterEach(async () => rm(folder, { recursive: true }));

function contextOf(options: HostOptions = {}): Context {
  const host = memoryHost({ ...options, cwd: folder });
  const context: Partial<Context> = {
    host,
    options: { noInput: false, quiet: false, region: [] } as unknown as Context["options"],
    signal: host.signal,
    emit: () => undefined,
    preview: (document, text) => void told.push(text(document, plain)),
    platform: async () => trialPlatform,
    regions: async (name) => trialPlatform.regions.filter((region) => region.name === name),
    aws: async ({ name, awsRegion, accountId }) => memoryAws({ name, awsRegion, accountId }).aws,
    cluster: async ({ name }) => memoryCluster(name).cluster,
    journals: async () => journalFolder(join(folder, "journal")),
  };
  return context as Context;
}

const input = { name: "us", confirm: undefined, except: [], dryRun: false };

describe("gennet region destroy", () => {
  it("gennet region destroy needs the region's name, and --confirm must be that name", async () => {
    await expect(destroy(input, contextOf())).rejects.toMatchObject({
      code: "USAGE_ANSWER_MISSING",
      message: "Confirmation required; pass --confirm us.",
    });
    await expect(destroy({ ...input, confirm: "eu" }, contextOf())).rejects.toMatchObject({
      code: "USAGE_INVALID",
      message: '--confirm is "eu", but the region to destroy is "us".',
    });
    expect(told).toEqual([]);
  });

  it("gennet region destroy has nothing to ask and nothing to do for a region that does not exist", async () => {
    const { exit, document } = await destroy({ ...input, confirm: "us" }, contextOf());
    expect({ exit, left: document.left, changes: document.changes }).toEqual({ exit: 0, left: [], changes: 0 });
    expect(told).toEqual(["us (us-east-1, account 111122223333): nothing to do"]);
  });

  it("gennet region destroy --dry-run needs no confirmation", async () => {
    expect(await destroy({ ...input, dryRun: true }, contextOf())).toMatchObject({ exit: 0, document: { left: [] } });
  });
});

describe("gennet region show", () => {
  const change = described({
    step: "vpc",
    title: "VPC",
    operations: [creation("acme-eu-vpc")],
    why: "it does not exist",
  });
  const plan: RegionPlan = {
    kind: "RegionPlan",
    planVersion,
    regions: [{ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", spec: "s", changes: [change] }],
    leftOut: { only: ["vpc"], except: [], resources: ["eu/subnets"] },
    findings: [],
  };

  it("gennet region show renders a stored plan without AWS, with exit code 8 if it has changes", async () => {
    await writeFile(join(folder, "plan.json"), JSON.stringify(envelope(plan)));
    const { host } = contextOf();
    const { exit, document } = await show({ file: "plan.json" }, { host } as Context);
    expect({ exit, document }).toEqual({ exit: 8, document: plan });
    expect(present(document, plain)).toBe(
      [
        "eu (eu-west-1, account 111122223333): 1 to create",
        "  + VPC  acme-eu-vpc (it does not exist)",
        "",
        "Left out by --only vpc, and not compared with gennet.yaml: eu/subnets",
      ].join("\n"),
    );
  });

  it("gennet region show names a file that is missing or no plan", async () => {
    const { host } = contextOf();
    await expect(show({ file: "none.json" }, { host } as Context)).rejects.toMatchObject({ code: "FILE_UNUSABLE" });
  });
});
