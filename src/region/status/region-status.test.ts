import { beforeEach, describe, expect, it } from "vitest";
import { createAuthority } from "../../../sandbox/src/region/certificates.ts";
import { bootstrapped } from "../../../test/support/bootstrapped-region.ts";
import { type MemoryAws, memoryAws } from "../../../test/support/memory-aws.ts";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { EksCluster } from "../../aws/eks/port.ts";
import { AppError } from "../../core/error.ts";
import { exitOf } from "../../core/finding.ts";
import { platformSchema, type Region } from "../../platform/schema.ts";
import { leaveFence } from "../state/fence.ts";
import type { RegionWorld } from "../world.ts";
import { type RegionStatus, regionStatus } from "./region-status.ts";

const { signal } = new AbortController();
const accountId = "111122223333";
let cloud: MemoryAws;
let world: RegionWorld;

beforeEach(() => {
  cloud = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId });
  const kube = memoryCluster("eu");
  world = worldOf(cloud, async () => kube.cluster);
});

function worldOf({ aws }: Pick<MemoryAws, "aws">, cluster: RegionWorld["cluster"], support = "extended"): RegionWorld {
  const { name, awsRegion } = aws.target;
  const platform = platformSchema.parse({
    name: "acme",
    domain: "acme.example",
    regions: [{ name, awsRegion, accountId, cluster: `acme-${name}`, kubernetes: { support } }],
  });
  return { platform, region: platform.regions[0] as Region, aws, cluster };
}

function status(day = "2026-06-01", one = world): Promise<RegionStatus> {
  return regionStatus([one], {}, () => Date.parse(day), signal);
}

/** Returns what is not fine, by the check's name. */
async function problems(day?: string, one = world): Promise<Record<string, string>> {
  const { findings } = await status(day, one);
  const bad = findings.filter(({ severity }) => severity !== "ok");
  return Object.fromEntries(
    bad.map(({ id, severity, subject, summary }) => [id, `${severity} ${subject}: ${summary}`]),
  );
}

function change(changes: Partial<EksCluster>): void {
  const cluster = cloud.clusters.get("acme-eu");
  if (cluster === undefined) throw new Error("there is no cluster");
  cloud.clusters.set("acme-eu", { ...cluster, ...changes });
}

describe("fences", () => {
  it("A fence of the region is a failure, with who left it and the command that lifts it", async () => {
    const fencedWorld = { ...world, platform: { ...world.platform, state: "bucket" as const } };
    await bootstrapped([fencedWorld]);
    const bucket = `acme-eu-${accountId}-state`;
    const place = { s3: await cloud.aws.service("s3"), bucket, clock: virtualClock() };
    const fence = {
      region: "eu",
      user: "bo@ci",
      failover: "r1",
      journal: "regions/acme",
      since: "2026-05-01T00:00:00Z",
    };
    await leaveFence(place, fence, signal);
    const { findings } = await status("2026-06-01", fencedWorld);
    expect(findings.filter(({ severity }) => severity !== "ok")).toMatchObject([
      {
        id: "region/fence",
        severity: "fail",
        subject: "region eu",
        summary: `is fenced: bo@ci failed over without it at 2026-05-01T00:00:00Z, run r1. Recover region eu: compare it with what the failover changed (journal regions/acme in ${bucket}).`,
        fix: `aws s3api delete-object --bucket ${bucket} --key fences/eu  # then lift the fence`,
      },
    ]);
  });
});

describe("health issues", () => {
  it("An issue of a cluster that is still ACTIVE is a failure, with EKS's words and what helps", async () => {
    await bootstrapped([world]);
    change({ issues: ["KmsKeyDisabled: key-1 is disabled"] });
    const { findings } = await status();
    expect(findings.filter(({ severity }) => severity !== "ok")).toMatchObject([
      {
        id: "region/health",
        severity: "fail",
        subject: "cluster acme-eu",
        summary: "KmsKeyDisabled: key-1 is disabled",
        fix: expect.stringMatching(/^gennet region bootstrap --only kms-key /),
      },
    ]);
    expect(exitOf(findings, false)).toBe(3);
  });

  it("An issue of an add-on is a failure with what helps", async () => {
    await bootstrapped([world]);
    const addon = cloud.addons.get("coredns");
    if (addon === undefined) throw new Error("there is no add-on");
    cloud.addons.set("coredns", { ...addon, issues: ["InsufficientNumberOfReplicas: 1 of 2 runs"] });
    const found = (await status()).findings.find(({ id }) => id === "region/health");
    expect(found).toMatchObject({
      severity: "fail",
      subject: "add-on coredns",
      summary: "InsufficientNumberOfReplicas: 1 of 2 runs",
      fix: expect.stringMatching(/^kubectl -n kube-system get pods /),
    });
  });

  it("An issue of a node group is a failure, and one without a known remedy has none", async () => {
    await bootstrapped([world]);
    const group = cloud.nodegroups.get("default");
    if (group === undefined) throw new Error("there is no node group");
    cloud.nodegroups.set("default", { ...group, issues: ["ACodeOfTomorrow: new"] });
    const found = (await status()).findings.find(({ id }) => id === "region/health");
    expect(found).toMatchObject({ severity: "fail", subject: "node group default", summary: "ACodeOfTomorrow: new" });
    expect(found?.fix).toBeUndefined();
  });
});

describe("resources", () => {
  it("A region that was never bootstrapped fails with one finding, and nothing is changed", async () => {
    const { findings, regions } = await status();
    expect(findings).toMatchObject([
      {
        id: "region/resources",
        severity: "fail",
        region: "eu",
        summary: "does not exist yet",
        fix: "gennet region bootstrap eu",
      },
    ]);
    expect(exitOf(findings, false)).toBe(3);
    expect(regions[0]?.kubernetes).toBeUndefined();
    expect(cloud.changes()).toBe(0);
  });

  it("A region as in gennet.yaml is fine, with its version and support dates", async () => {
    await bootstrapped([world]);
    const { findings, regions } = await status();
    expect(exitOf(findings, true)).toBe(0);
    expect(new Set(regions[0]?.resources.map(({ action }) => action))).toEqual(new Set(["none"]));
    expect(regions[0]?.kubernetes).toMatchObject({
      version: "1.34",
      support: "STANDARD_SUPPORT",
      standardUntil: "2027-01-01T00:00:00.000Z",
      extendedUntil: "2028-01-01T00:00:00.000Z",
    });
  });

  it("What is missing is a failure, and what differs is a warning with each field", async () => {
    await bootstrapped([world]);
    const gone = cloud.things.findIndex(({ kind }) => kind === "nat");
    (cloud.things as unknown[]).splice(gone, 1);
    change({ logging: ["api"] });
    const { findings } = await status();
    const bad = findings.filter(({ severity }) => severity !== "ok");
    expect(bad.map(({ severity, subject }) => [severity, subject])).toEqual(
      expect.arrayContaining([
        ["fail", "resource NAT gateway"],
        ["warn", "EKS cluster (cluster)"],
      ]),
    );
    expect(exitOf(findings, false)).toBe(3);
  });

  it("What all regions share is compared, too, and has its own findings", async () => {
    const platform = platformSchema.parse({ ...world.platform, registry: { repositories: ["orders"] } });
    const shared = { ...world, platform };
    await bootstrapped([world]);
    const missing = await status(undefined, shared);
    expect(missing.platform).toMatchObject({ name: "acme" });
    expect(missing.findings.filter(({ region }) => region === "platform")).toMatchObject([
      {
        id: "region/resources",
        severity: "fail",
        subject: "what the regions share",
        summary: "does not exist yet",
        fix: "gennet region bootstrap",
      },
    ]);
    await bootstrapped([shared]);
    const { platform: made, findings } = await status(undefined, shared);
    expect(new Set(nonEmpty(made?.resources ?? []).map(({ action }) => action))).toEqual(new Set(["none"]));
    expect(exitOf(findings, true)).toBe(0);
  });

  it("A region that does not answer is unknown, and the others are shown", async () => {
    await bootstrapped([world]);
    const silent = memoryAws({ name: "us", awsRegion: "us-east-1", accountId });
    const aws = { ...silent.aws, verifyAccount: () => Promise.reject(new AppError("AWS_UNREACHABLE", "no answer")) };
    const other = worldOf({ aws }, async () => memoryCluster("us").cluster);
    const { regions, findings } = await regionStatus([world, other], {}, () => Date.parse("2026-06-01"), signal);
    expect(regions.map(({ name }) => name)).toEqual(["eu"]);
    expect(findings).toContainEqual(expect.objectContaining({ id: "region/plan", region: "us", severity: "unknown" }));
    expect(exitOf(findings, false)).toBe(5);
  });
});

describe("what ends", () => {
  it("The end of standard support is a warning 60 days before, with what EKS does then", async () => {
    await bootstrapped([world]);
    expect(await problems("2026-11-01")).toEqual({});
    expect(await problems("2026-11-03")).toEqual({
      "region/kubernetes-support":
        "warn Kubernetes 1.34: standard support until 2027-01-01, then extended support, which costs more",
    });
    const standard = worldOf(cloud, world.cluster, "standard");
    expect((await problems("2026-11-03", standard))["region/kubernetes-support"]).toBe(
      "warn Kubernetes 1.34: standard support until 2027-01-01, then EKS upgrades the cluster",
    );
  });

  it("Extended support, and a version that EKS does not know, are warnings; nodes that are behind are named", async () => {
    await bootstrapped([world]);
    change({ version: "1.31" });
    expect((await problems())["region/kubernetes-support"]).toBe(
      "warn Kubernetes 1.31: extended support, which costs more until 2027-01-01, then EKS upgrades the cluster",
    );
    change({ version: "1.99" });
    expect((await problems())["region/kubernetes-support"]).toBe(
      "warn Kubernetes 1.99: EKS does not list this version",
    );
    const group = cloud.nodegroups.get("default");
    if (group !== undefined) cloud.nodegroups.set("default", { ...group, version: "1.98" });
    expect((await problems())["region/nodes-version"]).toBe(
      "warn node group default: has Kubernetes 1.98, but the control plane 1.99",
    );
  });

  it("A certificate authority is a warning 90 days before its end, and a failure afterwards", async () => {
    await bootstrapped([world]);
    const { certificate } = await createAuthority("kubernetes", Date.parse("2026-01-01"));
    change({ certificateAuthority: Buffer.from(certificate).toString("base64") });
    expect((await status()).regions[0]?.kubernetes?.authorityUntil).toBe("2027-01-01T00:00:00.000Z");
    const authority = async (day: string) => (await problems(day))["region/cluster-authority"];
    expect(await authority("2026-09-01")).toBeUndefined();
    expect(await authority("2026-10-15")).toBe("warn certificate authority: valid until 2027-01-01");
    expect(await authority("2027-01-02")).toBe("fail certificate authority: expired on 2027-01-01");
  });

  it("While EKS rotates the authority, both are named", async () => {
    await bootstrapped([world]);
    const both = await Promise.all(
      ["2026-01-01", "2026-05-01"].map((day) => createAuthority("kubernetes", Date.parse(day))),
    );
    const bundle = both.map(({ certificate }) => certificate).join("\n");
    change({ certificateAuthority: Buffer.from(bundle).toString("base64") });
    const { findings } = await status();
    expect(findings.filter(({ id }) => id === "region/cluster-authority")).toMatchObject([
      { subject: "certificate authority 1", summary: "valid until 2027-01-01" },
      { subject: "certificate authority 2", summary: "valid until 2027-05-01" },
    ]);
  });
});
