import { describe, expect, it } from "vitest";
import type { Made } from "../../../../test/support/memory-ec2.ts";
import { killedAtEveryChange } from "../../../../test/support/killed-at-every-change.ts";
import { nonEmpty } from "../../../../test/support/non-empty.ts";
import { keyIn, type StoreTrial, storeTrial } from "../../../../test/support/store-trial.ts";
import { update } from "../../../core/resource.ts";
import { subnets } from "../subnets.ts";
import { vpc } from "../vpc.ts";
import { stores } from "./stores.ts";

const eu = "arn:aws:rds:eu-west-1:111122223333:db:acme-eu-postgres";
const us = "arn:aws:rds:us-east-1:111122223333:db:acme-us-postgres";

function trial(postgres: object = {}, spec: object = {}): StoreTrial {
  return storeTrial([vpc, subnets, ...stores], { stores: { postgres }, ...spec });
}

/** What exists: everything but values that AWS chooses. */
function inventory({ databases, secrets, things }: StoreTrial): unknown {
  const instances = [...databases.instances.values()].map((each) => ({ ...each, resourceId: "", password: undefined }));
  return {
    instances: instances.toSorted((a, b) => (a.arn < b.arn ? -1 : 1)),
    groups: [...databases.subnetGroups.keys(), ...databases.parameterGroups.keys()].toSorted(),
    parameters: [...databases.parameterGroups.values()].map(({ parameters }) => parameters),
    secrets: secrets.map(({ name, replicas, values }) => ({ name, replicas, address: addressIn(values) })),
    counts: Object.values(things).map((own) => own.map(({ kind }) => kind).toSorted()),
  };
}

function addressIn(values: readonly string[]): unknown {
  const { password: _, ...rest } = JSON.parse(values.at(-1) ?? "{}") as Record<string, unknown>;
  return rest;
}

describe("PostgreSQL in two regions", () => {
  it("The primary region gets the source, and the other one a replica with its own key and the same settings", async () => {
    const cloud = trial();
    await cloud.bootstrap();
    const settings = {
      status: "available",
      instanceClass: "db.t4g.medium",
      multiAz: true,
      backupDays: 7,
      deletionProtection: true,
      isPublic: false,
      tagsSnapshots: true,
      parameterStatus: "in-sync",
      lifecycle: "open-source-rds-extended-support",
    };
    const source = { ...settings, keyArn: keyIn("eu-west-1"), parameterGroup: "acme-eu-postgres", replicas: [us] };
    const replica = { ...settings, keyArn: keyIn("us-east-1"), parameterGroup: "acme-us-postgres", replicaOf: eu };
    expect(cloud.databases.instances.get(eu)).toMatchObject(source);
    expect(cloud.databases.instances.get(us)).toMatchObject(replica);
    for (const group of nonEmpty(cloud.databases.parameterGroups.values())) {
      expect(group.parameters).toEqual({ "rds.force_ssl": "1" });
    }
    expect(await cloud.pending()).toEqual({});
  });

  it("The login is one secret with a replica, in the shape of AWS's rotation, with the address of the source and each endpoint", async () => {
    const cloud = trial();
    await cloud.bootstrap();
    expect(cloud.secrets).toMatchObject([{ name: "acme/postgres", awsRegion: "eu-west-1", replicas: ["us-east-1"] }]);
    const json = JSON.parse(cloud.secrets[0]?.values.at(-1) ?? "{}") as Record<string, unknown>;
    expect(json).toEqual({
      engine: "postgres",
      dbname: "app",
      username: "gennet",
      password: cloud.databases.instances.get(eu)?.password,
      host: "acme-eu-postgres.eu-west-1.rds.example",
      port: 5432,
      dbInstanceIdentifier: "acme-eu-postgres",
      "endpoint.eu": "acme-eu-postgres.eu-west-1.rds.example",
      "endpoint.us": "acme-us-postgres.us-east-1.rds.example",
    });
  });

  it("Only the region's own network can connect", async () => {
    const cloud = trial();
    await cloud.bootstrap();
    const groups = Object.values(cloud.things).flatMap((own) => own.filter(({ kind }) => kind === "sg"));
    for (const { facts } of nonEmpty(groups)) {
      expect(facts["ingress"]).toMatchObject([{ text: "tcp 5432 from 10.0.0.0/16" }]);
    }
  });

  it("The password is in no operation, and in no error", async () => {
    const cloud = trial();
    const planned = await cloud.plan();
    await cloud.bootstrap();
    const password = cloud.databases.instances.get(eu)?.password ?? "";
    expect(password.length).toBe(40);
    expect(JSON.stringify(planned)).not.toContain(password);
  });

  it("A replica in the same AWS region is blocked with the reason", async () => {
    const pending = await trial({}, { regions: { awsRegion: "eu-west-1" } }).pending();
    expect(pending["us/postgres"]).toContain("a replica needs another AWS region");
  });

  it("Without the key in gennet.yaml, no region has a database", async () => {
    const cloud = storeTrial([vpc, subnets, ...stores], {});
    await cloud.bootstrap();
    expect(cloud.databases.instances.size + cloud.secrets.length).toBe(0);
  });
});

describe("a run that is killed", () => {
  it("A run that is killed at any change is continued, with the same result and the password of the first secret", async () => {
    await killedAtEveryChange({
      begin: () => trial(),
      run: (cloud) => cloud.bootstrap(),
      moreThan: 20,
      compare: async (cloud, whole) => {
        expect(inventory(cloud)).toEqual(inventory(whole));
        const { password } = JSON.parse(cloud.secrets[0]?.values[0] ?? "{}") as Record<string, string>;
        expect(cloud.databases.instances.get(eu)?.password).toBe(password);
        expect(await cloud.pending()).toEqual({});
      },
    });
  });
});

describe("a database that differs from gennet.yaml", () => {
  async function changed(arn: string, facts: object, spec: object = {}): Promise<StoreTrial> {
    const cloud = trial(spec);
    await cloud.bootstrap();
    Object.assign(cloud.databases.instances.get(arn) ?? {}, facts);
    return cloud;
  }

  it.each<readonly [field: string, setting: object, before: unknown, after: unknown]>([
    ["instance class", { instanceClass: "db.m7g.large" }, "db.m7g.large", "db.t4g.medium"],
    ["storage type", { storageType: "gp2" }, "gp2", "gp3"],
    ["Multi-AZ", { multiAz: false }, false, true],
    ["days of backups", { backupDays: 0 }, 0, 7],
    ["deletion protection", { deletionProtection: false }, false, true],
    ["tags on snapshots", { tagsSnapshots: false }, false, true],
    ["public access", { isPublic: true }, true, false],
    ["parameter group", { parameterGroup: "default.postgres17" }, "default.postgres17", "acme-us-postgres"],
    [
      "support lifecycle",
      { lifecycle: "open-source-rds-extended-support-disabled" },
      "open-source-rds-extended-support-disabled",
      "open-source-rds-extended-support",
    ],
  ])("A changed %s is found and changed back", async (field, setting, before, after) => {
    const cloud = await changed(us, setting);
    const pending = await cloud.pending();
    expect(pending["us/postgres-settings"]).toEqual([
      { verb: "update", target: "settings of acme-us-postgres", field, after, before },
    ]);
    await cloud.bootstrap();
    expect(await cloud.pending()).toEqual({});
  });

  it("Parameters that wait for a reboot are planned as one", async () => {
    const cloud = await changed(us, { parameterStatus: "pending-reboot" });
    expect(Object.keys(await cloud.pending())).toEqual(["us/postgres-reboot"]);
    await cloud.bootstrap();
    expect(cloud.databases.instances.get(us)?.parameterStatus).toBe("in-sync");
  });

  it.each<readonly [what: string, facts: object, step: string, reason: string]>([
    ["a major version", { version: "16.8" }, "postgres-version", "bootstrap makes no major upgrade"],
    ["smaller storage", { storageGb: 200 }, "postgres-settings", "RDS makes storage no smaller"],
  ])("%s is not changed in place, and the plan says why", async (_what, facts, step, reason) => {
    const cloud = await changed(eu, facts);
    const before = cloud.ledger.count();
    expect((await cloud.pending())[`eu/${step}`]).toContain(reason);
    await cloud.bootstrap();
    expect(cloud.ledger.count()).toBe(before);
  });

  it("A new minor version comes to the replica first, and then to its source", async () => {
    const old = trial({ version: "17.4" });
    await old.bootstrap();
    const cloud = old.with({ stores: { postgres: { version: "17.5" } } });
    expect(await cloud.pending()).toEqual({
      "eu/postgres-version": [update("version of acme-eu-postgres", "version", "17.5", "17.4")],
      "us/postgres-version": [update("version of acme-us-postgres", "version", "17.5", "17.4")],
    });
    // RDS refuses to upgrade a source before its replicas.
    const results = await cloud.bootstrap();
    const upgraded = results.filter(({ step, outcome }) => step === "postgres-version" && outcome === "changed");
    expect(upgraded.map(({ region }) => region)).toEqual(["us", "eu"]);
    expect([...cloud.databases.instances.values()].map(({ version }) => version)).toEqual(["17.5", "17.5"]);
    expect(await cloud.pending()).toEqual({});
  });

  it("A source is not upgraded by a run that leaves out a region with its replica", async () => {
    const old = trial({ version: "17.4" });
    await old.bootstrap();
    const cloud = old.with({ stores: { postgres: { version: "17.5" } } });
    const { changes } = await cloud.plan(["eu"]);
    expect(changes.find(({ step }) => step === "postgres-version")?.obstacle?.reason).toBe(
      `its replicas are upgraded before it, and this run does not change ${us}: choose all regions, and make the region of the source primary`,
    );
  });

  it("A source without encryption is blocked, because it cannot have an encrypted replica", async () => {
    const cloud = await changed(eu, { encrypted: false });
    expect((await cloud.pending())["eu/postgres"]).toContain("its encrypted is false");
  });

  it("A rule that opens the database to everyone is removed", async () => {
    const cloud = await changed(eu, {});
    const group = cloud.things["eu"]?.find(({ kind }) => kind === "sg");
    const rules = (group?.facts["ingress"] ?? []) as object[];
    rules.push({ id: "sgr-x", text: "tcp 5432 from 0.0.0.0/0" });
    expect(Object.keys(await cloud.pending())).toEqual(["eu/postgres-security-group"]);
    await cloud.bootstrap();
    expect(group?.facts["ingress"]).toMatchObject([{ text: "tcp 5432 from 10.0.0.0/16" }]);
  });

  it("A security group that lost tags gets them back, keeps the name that a person gave it, and is not created a second time", async () => {
    const cloud = await changed(eu, {});
    const groups = (): readonly Made[] => cloud.things["eu"]?.filter(({ kind }) => kind === "sg") ?? [];
    Object.assign(groups()[0]?.tags ?? {}, { Name: "mine", "gennet:managed": "" });
    expect(Object.keys(await cloud.pending())).toEqual(["eu/postgres-security-group"]);
    await cloud.bootstrap();
    expect(await cloud.pending()).toEqual({});
    expect(groups()).toMatchObject([{ tags: { Name: "mine", "gennet:managed": "true" } }]);
  });

  it("A database whose secret is missing is blocked instead of getting a password that does not fit", async () => {
    const cloud = await changed(eu, {});
    cloud.secrets.length = 0;
    expect((await cloud.pending())["platform/postgres-login"]).toContain("its secret is missing");
  });

  it("A database of the same name without the tags is refused", async () => {
    const cloud = await changed(eu, { tags: { owner: "another-team" } });
    await expect(cloud.plan().then(({ failures }) => Promise.reject(failures.get("eu")))).rejects.toMatchObject({
      code: "REGION_NOT_MANAGED",
    });
  });
});

describe("a status of RDS", () => {
  it.each(["failed", "incompatible-network", "storage-full", "stopped", "inaccessible-encryption-credentials"])(
    "A database that is %s is reported as failed",
    async (status) => {
      const cloud = trial();
      await cloud.bootstrap();
      const broken = { ...(await (await cloud.world("eu").aws.service("rds")).instance("acme-eu-postgres", signal)) };
      const [resource] = nonEmpty(stores.filter(({ id }) => id === "postgres"));
      const found = { instance: { ...broken, status }, snapshots: [] };
      expect(resource.ready({ own: found })).toMatchObject({ state: "failed" });
      const lastEvent = "The storage volume was lost";
      const told = resource.ready({ own: { ...found, instance: { ...broken, status, lastEvent } } });
      expect(told).toMatchObject({ reason: expect.stringContaining(lastEvent) as string });
    },
  );

  const { signal } = new AbortController();
});

describe("roles after a failover", () => {
  /** Promotes the replica; the old source is a replica of it, or gone. */
  async function failedOver(old: "replica" | "source"): Promise<StoreTrial> {
    const cloud = trial();
    await cloud.bootstrap();
    const [source, replica] = [cloud.databases.instances.get(eu), cloud.databases.instances.get(us)];
    if (source === undefined || replica === undefined) throw new Error("there are no instances");
    delete (replica as { replicaOf?: string }).replicaOf;
    source.replicas = [];
    if (old === "replica") {
      Object.assign(source, { replicaOf: us });
      replica.replicas = [eu];
    }
    return cloud;
  }

  it("Swapped roles are as desired", async () => {
    expect(await (await failedOver("replica")).pending()).toEqual({});
  });

  it("A promoted replica beside the old source is never turned into a replica again", async () => {
    const cloud = await failedOver("source");
    const before = cloud.ledger.count();
    expect((await cloud.pending())["us/postgres"]).toContain("it was promoted and replicates nothing from eu");
    await cloud.bootstrap();
    expect(cloud.ledger.count()).toBe(before);
  });

  it("A source outside the primary region is not deleted before its replicas", async () => {
    const cloud = await failedOver("replica");
    await expect(cloud.destroy()).rejects.toThrow("make this region primary first");
  });
});

describe("removing PostgreSQL", () => {
  it("Replicas go before the source, which leaves a snapshot, and only the name of the secret stays reserved", async () => {
    const cloud = trial();
    await cloud.bootstrap();
    const { resourceId = "" } = cloud.databases.instances.get(eu) ?? {};
    const kept = await cloud.destroy();
    const snapshot = `acme-eu-postgres-final-${resourceId.toLowerCase()}`;
    expect(kept).toEqual([
      `RDS snapshot ${snapshot}, which can be restored for as long as its KMS key exists`,
      "secret acme/postgres: it can be restored, and its name is reserved, until 7 days after its deletion",
    ]);
    expect([...cloud.databases.snapshots.keys()]).toEqual([snapshot]);
    const { instances, subnetGroups, parameterGroups } = cloud.databases;
    expect([instances.size, subnetGroups.size, parameterGroups.size]).toEqual([0, 0, 0]);
    expect(cloud.secrets).toMatchObject([{ replicas: [], deletedAt: expect.any(Date) as Date }]);
  });

  it("The snapshot is reported as long as it exists, also when the instance is gone", async () => {
    const cloud = trial();
    await cloud.bootstrap();
    const [told] = await cloud.destroy();
    expect(told).toContain("RDS snapshot acme-eu-postgres-final-");
    expect(await cloud.destroy()).toContain(told);
  });

  it("Of a source that RDS takes no snapshot of, the automated backups stay", async () => {
    const cloud = trial({ deletionProtection: false });
    await cloud.bootstrap();
    const source = cloud.databases.instances.get(eu);
    Object.assign(source ?? {}, { status: "incompatible-network" });
    const kept = await cloud.destroy();
    expect(kept).toContain("the automated backups of acme-eu-postgres");
    expect([...cloud.databases.retainedBackups.keys()]).toEqual([eu]);
  });

  it("A source with a replica that gennet.yaml does not know is not deleted", async () => {
    const cloud = trial();
    await cloud.bootstrap();
    const source = cloud.databases.instances.get(eu);
    if (source !== undefined) source.replicas = [...source.replicas, "arn:aws:rds:ap-south-1:111122223333:db:reports"];
    await expect(cloud.destroy()).rejects.toThrow("delete or promote that first");
    expect(cloud.databases.instances.has(eu)).toBe(true);
  });

  it("A key that is dropped from gennet.yaml deletes no database that is protected, and no secret of it", async () => {
    const cloud = trial();
    await cloud.bootstrap();
    const before = cloud.ledger.count();
    const dropped = cloud.with({});
    const pending = await dropped.pending();
    expect(pending["eu/postgres"]).toContain("it is protected against deletion");
    expect(pending["us/postgres"]).toContain("it is protected against deletion");
    await dropped.bootstrap().catch(() => undefined);
    expect(cloud.ledger.count()).toBe(before);
  });

  it("A key that is dropped after the protection was lifted deletes the database", async () => {
    const cloud = trial({ deletionProtection: false });
    await cloud.bootstrap();
    await cloud.with({}).bootstrap();
    expect(cloud.databases.instances.size).toBe(0);
    expect(cloud.databases.snapshots.size).toBe(1);
  });

  it("After a removal, PostgreSQL is created again, and can be removed again under another snapshot", async () => {
    const cloud = trial();
    await cloud.bootstrap();
    await cloud.destroy();
    await cloud.bootstrap();
    expect(await cloud.pending()).toEqual({});
    expect(cloud.secrets).toMatchObject([{ replicas: ["us-east-1"], deletedAt: undefined }]);
    await cloud.destroy();
    expect(cloud.databases.snapshots.size).toBe(2);
  });

  it("A removal that is killed at any change is continued, and leaves nothing more", async () => {
    await killedAtEveryChange({
      begin: async () => {
        const cloud = trial();
        await cloud.bootstrap();
        return cloud;
      },
      run: (cloud) => cloud.destroy(),
      moreThan: 6,
      compare: (cloud, whole) => expect(inventory(cloud)).toEqual(inventory(whole)),
    });
  });
});
