import { describe, expect, it } from "vitest";
import { killedAtEveryChange } from "../../../../test/support/killed-at-every-change.ts";
import { nonEmpty } from "../../../../test/support/non-empty.ts";
import type { MemoryCache } from "../../../../test/support/memory-elasticache.ts";
import { keyIn, type StoreTrial, storeTrial } from "../../../../test/support/store-trial.ts";
import { subnets } from "../subnets.ts";
import { vpc } from "../vpc.ts";
import { redis as resource } from "./redis.ts";
import { stores } from "./stores.ts";

function trial(redis: object = {}): StoreTrial {
  return storeTrial([vpc, subnets, ...stores], { stores: { redis } });
}

async function built(redis: object = {}): Promise<StoreTrial> {
  const cloud = trial(redis);
  await cloud.bootstrap();
  return cloud;
}

function groupOf({ caches }: StoreTrial, region = "eu"): MemoryCache {
  const [group] = nonEmpty(caches[region]?.groups.values() ?? []);
  return group;
}

/** What exists, without passwords. */
function inventory({ caches, secrets, things }: StoreTrial): unknown {
  const regions = Object.values(caches).map(({ groups, users, userGroups, subnetGroups }) => ({
    groups: [...groups.values()],
    users: [...users.values()].map((user) => ({ ...user, values: user.values.length })),
    userGroups: [...userGroups.values()],
    subnetGroups: [...subnetGroups.values()],
  }));
  const counts = Object.values(things).map((own) => own.map(({ kind }) => kind).toSorted());
  return { regions, names: secrets.map(({ name }) => name).toSorted(), counts };
}

describe("Redis in two regions", () => {
  it("Each region gets its own group, which requires TLS, is encrypted with the region's key and fails over", async () => {
    const cloud = await built();
    for (const [region, key] of [
      ["eu", keyIn("eu-west-1")],
      ["us", keyIn("us-east-1")],
    ] as const) {
      expect(groupOf(cloud, region)).toMatchObject({
        id: `acme-${region}-redis`,
        engine: "valkey",
        version: "8.0.1",
        tls: "required",
        encrypted: true,
        keyArn: key,
        replicas: 1,
        multiAz: true,
        failover: true,
        userGroups: [`acme-${region}-redis`],
      });
    }
    expect(await cloud.pending()).toEqual({});
  });

  it("The default user is disabled, and services log in with the password in the region's secret", async () => {
    const cloud = await built();
    const users = [...(cloud.caches["eu"]?.users.values() ?? [])];
    expect(users.map(({ name, access, passwords }) => [name, access, passwords])).toEqual([
      ["default", "off ~* -@all", 1],
      ["app", "on ~* &* +@all", 1],
    ]);
    const secret = cloud.secrets.find(({ name }) => name === "acme/eu/redis");
    const app = users.find(({ name }) => name === "app");
    expect(JSON.parse(secret?.values.at(-1) ?? "{}")).toEqual({
      username: "app",
      password: app?.values[0],
      host: "master.acme-eu-redis.cache.example",
      port: 6379,
      user_arn: app?.arn,
    });
    expect(users.find(({ name }) => name === "default")?.values[0]).not.toBe(app?.values[0]);
  });

  it("A single node without replicas has no failover", async () => {
    const cloud = await built({ replicas: 0 });
    expect(groupOf(cloud)).toMatchObject({ replicas: 0, multiAz: false, failover: false });
    expect(await cloud.pending()).toEqual({});
  });

  it("Before the last replica goes, failover is turned off, and it is turned on again with the next one", async () => {
    const cloud = await built();
    const single = cloud.with({ stores: { redis: { replicas: 0 } } });
    expect(Object.keys(await single.pending())).toEqual(
      ["eu", "us"].flatMap((region) => [`${region}/redis-failover`, `${region}/redis-replicas`]),
    );
    await single.bootstrap();
    expect(groupOf(cloud)).toMatchObject({ replicas: 0, multiAz: false, failover: false });
    expect(await single.pending()).toEqual({});
    await cloud.bootstrap();
    expect(groupOf(cloud)).toMatchObject({ replicas: 1, multiAz: true, failover: true });
  });
});

describe("a run that is killed", () => {
  it("A run that is killed at any change is continued, with the same result and one password", async () => {
    await killedAtEveryChange({
      begin: () => trial(),
      run: (cloud) => cloud.bootstrap(),
      moreThan: 20,
      compare: async (cloud, whole) => {
        expect(inventory(cloud)).toEqual(inventory(whole));
        expect(await cloud.pending()).toEqual({});
      },
    });
  });
});

describe("a group that differs from gennet.yaml", () => {
  it.each<readonly [node: string, field: string, facts: Partial<MemoryCache>, before: unknown, after: unknown]>([
    ["redis-settings", "node type", { nodeType: "cache.m7g.large" }, "cache.m7g.large", "cache.t4g.small"],
    ["redis-settings", "version", { version: "7.2.6" }, "7.2.6", "8.0"],
    ["redis-settings", "Multi-AZ", { multiAz: false, failover: false }, false, true],
    ["redis-settings", "user group", { userGroups: ["other"] }, "other", "acme-eu-redis"],
    ["redis-replicas", "count", { replicas: 3 }, 3, 1],
  ])("%s: a changed %s is found and changed back", async (node, field, facts, before, after) => {
    const cloud = await built();
    Object.assign(groupOf(cloud), facts);
    expect(await cloud.pending()).toEqual({
      [`eu/${node}`]: [expect.objectContaining({ verb: "update", field, before, after })],
    });
    await cloud.bootstrap();
    expect(await cloud.pending()).toEqual({});
  });

  it("TLS is turned on in two steps, as ElastiCache demands", async () => {
    const cloud = await built();
    groupOf(cloud).tls = "off";
    expect(Object.keys(await cloud.pending())).toEqual(["eu/redis-tls-preferred", "eu/redis-tls"]);
    await cloud.bootstrap();
    expect(groupOf(cloud).tls).toBe("required");
    expect(await cloud.pending()).toEqual({});
  });

  it("A default user that was enabled is disabled again", async () => {
    const cloud = await built();
    const user = cloud.caches["eu"]?.users.get("acme-eu-redis-default");
    Object.assign(user ?? {}, { access: "on ~* +@all" });
    expect(Object.keys(await cloud.pending())).toEqual(["eu/redis-users"]);
    await cloud.bootstrap();
    expect(user).toMatchObject({ access: "off ~* -@all", passwords: 1 });
  });

  it("A user that was added to the user group is removed from it", async () => {
    const cloud = await built();
    const group = cloud.caches["eu"]?.userGroups.get("acme-eu-redis");
    Object.assign(group ?? {}, { userIds: [...(group?.userIds ?? []), "other"] });
    expect(Object.keys(await cloud.pending())).toEqual(["eu/redis-user-group"]);
    await cloud.bootstrap();
    expect(group?.userIds).toEqual(["acme-eu-redis-default", "acme-eu-redis-app"]);
  });

  it("A second password during a rotation is no drift", async () => {
    const cloud = await built();
    Object.assign(cloud.caches["eu"]?.users.get("acme-eu-redis-app") ?? {}, { passwords: 2 });
    expect(await cloud.pending()).toEqual({});
  });

  it("Another engine or a group without encryption is blocked", async () => {
    const cloud = await built();
    Object.assign(groupOf(cloud), { engine: "redis", encrypted: false });
    const reason = (await cloud.pending())["eu/redis"];
    expect(reason).toContain("its engine is redis");
    expect(reason).toContain("its encrypted is false");
  });
});

describe("a status of ElastiCache", () => {
  it.each<readonly [status: string, nodes: readonly string[], state: string]>([
    ["available", ["available"], "ready"],
    ["creating", ["creating"], "waiting"],
    ["modifying", ["available"], "waiting"],
    ["snapshotting", ["snapshotting"], "waiting"],
    ["deleting", ["deleting"], "waiting"],
    ["a status of tomorrow", ["available"], "waiting"],
    ["create-failed", [], "failed"],
    ["available", ["available", "incompatible-network"], "failed"],
    ["modifying", ["restore-failed"], "failed"],
  ])("A group that is %s, with nodes that are %j: %s", async (status, nodeStatuses, state) => {
    const group = groupOf(await built());
    expect(resource.ready({ ...group, status, nodeStatuses })).toMatchObject({ state });
    const told = resource.ready({ ...group, status, nodeStatuses, lastEvent: "Out of capacity" });
    expect(JSON.stringify(told).includes("Out of capacity")).toBe(status !== "available" || state === "failed");
  });
});

describe("removing Redis", () => {
  it("Nothing is left but the reserved names of the secrets, and Redis can be created again", async () => {
    const cloud = await built();
    const kept = await cloud.destroy();
    const until = "until 7 days after its deletion";
    expect(kept.toSorted()).toEqual([
      `secret acme/eu/redis: it can be restored, and its name is reserved, ${until}`,
      `secret acme/us/redis: it can be restored, and its name is reserved, ${until}`,
    ]);
    for (const { groups, users, userGroups, subnetGroups } of nonEmpty(Object.values(cloud.caches))) {
      expect([groups.size, users.size, userGroups.size, subnetGroups.size]).toEqual([0, 0, 0, 0]);
    }
    await cloud.bootstrap();
    expect(await cloud.pending()).toEqual({});
  });

  it("A removal that is killed at any change is continued, and leaves nothing more", async () => {
    await killedAtEveryChange({
      begin: () => built(),
      run: (cloud) => cloud.destroy(),
      moreThan: 6,
      compare: (cloud, whole) => expect(inventory(cloud)).toEqual(inventory(whole)),
    });
  });
});
