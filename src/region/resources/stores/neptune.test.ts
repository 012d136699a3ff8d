import { describe, expect, it } from "vitest";
import { killedAtEveryChange } from "../../../../test/support/killed-at-every-change.ts";
import type { MemoryGraph } from "../../../../test/support/memory-neptune.ts";
import { nonEmpty } from "../../../../test/support/non-empty.ts";
import { keyIn, type StoreTrial, storeTrial } from "../../../../test/support/store-trial.ts";
import { subnets } from "../subnets.ts";
import { vpc } from "../vpc.ts";
import { stores } from "./stores.ts";

const id = "acme-eu-neptune";

const { signal } = new AbortController();

function spec(neptune: object = {}): { readonly stores: object } {
  return { stores: { graph: "neptune", neptune } };
}

function trial(neptune: object = {}): StoreTrial {
  return storeTrial([vpc, subnets, ...stores], spec(neptune));
}

async function built(neptune: object = {}): Promise<StoreTrial> {
  const cloud = trial(neptune);
  await cloud.bootstrap();
  return cloud;
}

function graphOf({ graphs }: StoreTrial, region = "eu"): MemoryGraph {
  const [graph] = nonEmpty(graphs[region]?.graphs.values() ?? []);
  return graph;
}

function nodesOf({ graphs }: StoreTrial, region = "eu"): readonly (readonly [string, boolean, string])[] {
  const found = nonEmpty(graphs[region]?.graphNodes.values() ?? []);
  return found.map(({ id: node, isWriter, instanceClass }) => [node, isWriter, instanceClass]);
}

function inventory({ graphs, secrets, things }: StoreTrial): unknown {
  const regions = Object.values(graphs).map((each) => Object.values(each).map((map: Map<string, unknown>) => [...map]));
  const counts = Object.values(things).map((own) => own.map(({ kind }) => kind).toSorted());
  return { regions, names: secrets.map(({ name }) => name).toSorted(), counts };
}

describe("Neptune in two regions", () => {
  it("Each region gets its own cluster, encrypted with the region's key, which demands IAM and exports its audit log", async () => {
    const cloud = await built();
    for (const [region, awsRegion] of [
      ["eu", "eu-west-1"],
      ["us", "us-east-1"],
    ] as const) {
      expect(graphOf(cloud, region)).toMatchObject({
        id: `acme-${region}-neptune`,
        version: "1.4.7.0",
        encrypted: true,
        keyArn: keyIn(awsRegion),
        requiresIam: true,
        logs: ["audit"],
        backupDays: 7,
        deletionProtection: true,
        tagsSnapshots: true,
      });
      const group = cloud.graphs[region]?.graphParameterGroups.get(`acme-${region}-neptune`);
      expect(group).toMatchObject({ family: "neptune1.4", parameters: { neptune_enable_audit_log: "1" } });
      expect(nodesOf(cloud, region)).toEqual([
        [`acme-${region}-neptune-1`, true, "db.t4g.medium"],
        [`acme-${region}-neptune-2`, false, "db.t4g.medium"],
      ]);
    }
    expect(await cloud.pending()).toEqual({});
  });

  it("Services find endpoints and what their IAM policy names in a secret without a password", async () => {
    const cloud = await built();
    const secret = cloud.secrets.find(({ name }) => name === "acme/eu/neptune");
    const { resourceId } = graphOf(cloud);
    expect(JSON.parse(secret?.values.at(-1) ?? "{}")).toEqual({
      engine: "neptune",
      auth: "iam",
      host: `${id}.cluster-x.eu-west-1.neptune.example`,
      reader_host: `${id}.cluster-ro-x.eu-west-1.neptune.example`,
      port: 8182,
      iam_resource: `arn:aws:neptune-db:eu-west-1:111122223333:${resourceId}/*`,
    });
  });

  it("The port is open to the region's VPC, and to nothing else", async () => {
    const cloud = await built();
    const group = cloud.things["eu"]?.find(({ tags }) => tags["Name"] === id);
    expect(group?.kind).toBe("sg");
    expect((await cloud.plan()).changes.find(({ step }) => step === "neptune-security-group")?.operations).toEqual([]);
  });

  it("Without stores.graph, no region has a cluster", async () => {
    const cloud = storeTrial([vpc, subnets, ...stores], { stores: {} });
    await cloud.bootstrap();
    expect(cloud.graphs["eu"]?.graphs.size).toBe(0);
    expect(cloud.graphs["eu"]?.graphParameterGroups.size).toBe(0);
  });
});

describe("a run that is killed", () => {
  it("A run that is killed at any change is continued, with the same clusters and instances", async () => {
    await killedAtEveryChange({
      begin: () => trial(),
      run: (cloud) => cloud.bootstrap(),
      moreThan: 15,
      compare: async (cloud, whole) => {
        expect(inventory(cloud)).toEqual(inventory(whole));
        expect(await cloud.pending()).toEqual({});
      },
    });
  });
});

describe("a cluster that differs from gennet.yaml", () => {
  it.each<readonly [field: string, facts: Partial<MemoryGraph>, before: unknown, after: unknown]>([
    ["version", { version: "1.4.6.3" }, "1.4.6.3", "1.4.7.0"],
    ["days of backups", { backupDays: 1 }, 1, 7],
    ["deletion protection", { deletionProtection: false }, false, true],
    ["tags on snapshots", { tagsSnapshots: false }, false, true],
    ["IAM authentication", { requiresIam: false }, false, true],
    ["exported logs", { logs: ["slowquery"] }, ["slowquery"], ["audit"]],
    ["security groups", { securityGroupIds: ["sg-9"] }, ["sg-9"], undefined],
  ])("Another %s is a change, which bootstrap makes", async (field, facts, before, after) => {
    const cloud = await built();
    Object.assign(graphOf(cloud), facts);
    const pending = await cloud.pending();
    expect(pending).toMatchObject({
      "eu/neptune-settings": [{ verb: "update", field, before, ...(after === undefined ? {} : { after }) }],
    });
    expect(Object.keys(pending)).toEqual(["eu/neptune-settings"]);
    await cloud.bootstrap();
    expect(await cloud.pending()).toEqual({});
  });

  it("Another parameter group is a change, after which each instance is rebooted", async () => {
    const cloud = await built();
    const own = cloud.graphs["eu"]?.graphParameterGroups;
    own?.set("other", { name: "other", family: "neptune1.4", parameters: {}, tags: {} });
    Object.assign(graphOf(cloud), { parameterGroup: "other" });
    const pending = await cloud.pending();
    expect(Object.keys(pending)).toEqual(["eu/neptune-settings", "eu/neptune-reboot"]);
    expect(pending["eu/neptune-reboot"]).toHaveLength(2);
    await cloud.bootstrap();
    expect(await cloud.pending()).toEqual({});
  });

  it("A parameter that was changed by hand is set again, and the instances that wait for it are rebooted", async () => {
    const cloud = await built();
    const neptune = await cloud.world("eu").aws.service("neptune");
    await neptune.setParameters(id, { neptune_enable_audit_log: "0" }, signal);
    expect(Object.keys(await cloud.pending())).toEqual(["eu/neptune-parameter-group", "eu/neptune-reboot"]);
    await cloud.bootstrap();
    expect(await cloud.pending()).toEqual({});
  });

  it("Instances are added, changed and removed as gennet.yaml says", async () => {
    const cloud = await built();
    const more = cloud.with(spec({ replicas: 2, instance: "db.r6g.large" }));
    expect(Object.keys(await more.pending())).toEqual(["eu/neptune-instances", "us/neptune-instances"]);
    await more.bootstrap();
    expect(nodesOf(cloud).map(([node, , instanceClass]) => [node, instanceClass])).toEqual([
      [`${id}-1`, "db.r6g.large"],
      [`${id}-2`, "db.r6g.large"],
      [`${id}-3`, "db.r6g.large"],
    ]);
    const single = cloud.with(spec({ replicas: 0, instance: "db.r6g.large" }));
    await single.bootstrap();
    expect(nodesOf(cloud)).toEqual([[`${id}-1`, true, "db.r6g.large"]]);
    expect(await single.pending()).toEqual({});
  });

  it("Minor upgrades by AWS are turned off, because the version is that of gennet.yaml", async () => {
    const cloud = await built();
    const [node] = nonEmpty(cloud.graphs["eu"]?.graphNodes.values() ?? []);
    node.upgradesItself = true;
    expect(await cloud.pending()).toMatchObject({
      "eu/neptune-instances": [{ field: "minor upgrades by AWS", before: true, after: false }],
    });
  });

  it.each([
    ["a major upgrade", "1.3.5.0", "bootstrap makes no major upgrade"],
    ["a downgrade", "1.4.9.0", "Neptune makes no downgrade"],
  ])("The plan of %s is blocked", async (_what, version, reason) => {
    const cloud = await built();
    Object.assign(graphOf(cloud), { version });
    expect(await cloud.pending()).toMatchObject({
      "eu/neptune-settings": expect.stringContaining(reason) as string,
    });
  });

  it.each<readonly [field: string, facts: Partial<MemoryGraph>]>([
    ["engine", { engine: "docdb" }],
    ["encrypted", { encrypted: false }],
    ["encryption key", { keyArn: keyIn("us-east-1") }],
    ["subnet group", { subnetGroup: "other" }],
  ])("Another %s is blocked, because it cannot be changed in place", async (field, facts) => {
    const cloud = await built();
    Object.assign(graphOf(cloud), facts);
    expect((await cloud.pending())["eu/neptune"]).toMatch(new RegExp(`its ${field} is .*cannot be changed in place`));
  });

  it("A cluster of another owner is never taken over", async () => {
    const cloud = await built();
    Object.assign(graphOf(cloud), { tags: { owner: "other" } });
    await expect(cloud.pending()).rejects.toThrow(`the DB cluster "${id}" exists, but without the tag`);
  });
});

describe("removing Neptune", () => {
  it("A destruction lifts the protection, and leaves a final snapshot and the log group of the audit log", async () => {
    const cloud = await built();
    const logGroup = `/aws/neptune/${id}/audit`;
    const { resourceId } = graphOf(cloud);
    cloud.logGroups["eu"]?.set(logGroup, { name: logGroup, arn: "arn", tags: {} });
    const kept = await cloud.destroy();
    expect(kept).toEqual(
      expect.arrayContaining([
        `Neptune snapshot ${id}-final-${resourceId.toLowerCase()}, which can be restored for as long as its KMS key exists`,
        `log group ${logGroup}, with the audit log of Neptune`,
      ]),
    );
    expect(cloud.graphs["eu"]?.graphs.size).toBe(0);
    expect(cloud.graphs["eu"]?.graphNodes.size).toBe(0);
    expect(cloud.graphs["eu"]?.graphSnapshots.size).toBe(1);
  });

  it("A protected cluster that gennet.yaml does not ask for any more is kept, with its instances", async () => {
    const cloud = await built();
    const without = cloud.with({ stores: {} });
    const pending = await without.pending();
    const reason = expect.stringContaining("it is protected against deletion") as string;
    expect(pending).toMatchObject({
      "eu/neptune-settings": reason,
      "eu/neptune-instances": reason,
      "eu/neptune": reason,
    });
    const open = cloud.with(spec({ deletionProtection: false }));
    await open.bootstrap();
    await without.bootstrap();
    expect(await without.pending()).toEqual({});
    expect(cloud.graphs["eu"]?.graphs.size).toBe(0);
  });

  it("Instances that gennet did not make are named, and keep the cluster", async () => {
    const cloud = await built();
    const neptune = await cloud.world("eu").aws.service("neptune");
    const other = { id: "reader", clusterId: id, instanceClass: "db.r6g.large", upgradesItself: true, tags: {} };
    await neptune.createInstance(other, signal);
    expect(await cloud.pending()).toEqual({});
    await expect(cloud.destroy()).rejects.toThrow("it has instances that gennet did not make: delete reader first");
  });
});
