import { beforeEach, describe, expect, it } from "vitest";
import { oneRegion, type OneRegion, removed } from "../../test/support/one-region.ts";
import type { KmsKey } from "../aws/kms/port.ts";
import { AppError } from "../core/error.ts";
import { policyOf } from "../core/iam-policy.ts";
import { kmsKey } from "./resources/kms-key.ts";
import type { RegionWorld } from "./world.ts";

let eu: OneRegion;

beforeEach(async () => {
  eu = oneRegion();
  await eu.bootstrap(eu.world());
});

function key(): KmsKey {
  const [found] = [...eu.cloud.keys.values()];
  if (found === undefined) throw new Error("there is no key");
  return found;
}

function drift(facts: Partial<KmsKey>): void {
  eu.cloud.keys.set(key().id, { ...key(), ...facts });
}

describe("the KMS key of a region", () => {
  it("A region has one key, which rotates and has an alias", () => {
    expect(eu.cloud.keys.size).toBe(1);
    expect(key().rotates).toBe(true);
    expect([...eu.cloud.aliases]).toEqual([["alias/acme-eu", key().id]]);
  });

  it("Changes by hand of rotation, policy and description are shown and undone", async () => {
    const original = key();
    drift({ rotates: false, policy: policyOf(), description: "mine" });
    const shown = (await eu.pending(eu.world()))["kms-key"];
    expect(shown).toMatch(/^update description: mine → .* \| yearly rotation: off → on \| policy: /);
    await eu.bootstrap(eu.world());
    expect(key()).toEqual(original);
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("A key without its alias is found by its tags, so that none is made twice", async () => {
    eu.cloud.aliases.clear();
    expect(await eu.pending(eu.world())).toEqual({ "kms-key": "update alias: add alias/acme-eu" });
    await eu.bootstrap(eu.world());
    expect(eu.cloud.keys.size).toBe(1);
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("A deleted key is kept for 30 days, and a bootstrap before recovers it", async () => {
    const { done, keeps } = await removed(kmsKey, eu.world());
    expect(done).toBe("alias/acme-eu");
    expect(keeps).toEqual([`KMS key ${key().id}, deleted on 2026-12-30; a bootstrap before recovers it`]);
    expect(key().state).toBe("PendingDeletion");
    expect(await removed(kmsKey, eu.world())).toMatchObject({ done: "nothing to do" });
    expect(await eu.pending(eu.world())).toEqual({ "kms-key": "update state: PendingDeletion → Enabled" });
    await eu.bootstrap(eu.world());
    expect(key()).toMatchObject({ state: "Enabled", rotates: true });
    expect(eu.cloud.keys.size).toBe(1);
    expect(await eu.pending(eu.world())).toEqual({});
  });

  describe("that encrypts what is left of the region", () => {
    const wanted = { stores: { postgres: { deletionProtection: false } } };

    it("It stays while a snapshot or volume needs it, and the report has the command for later", async () => {
      const { arn, id } = key();
      const kept: readonly (readonly [name: string, leave: () => void])[] = [
        [
          "RDS snapshot orders-2025",
          () => void eu.cloud.databases.snapshots.set("orders-2025", { of: "orders", key: arn }),
        ],
        [
          "automated backups of orders",
          () => void eu.cloud.databases.retainedBackups.set("arn:aws:rds:eu-west-1:111122223333:db:orders", arn),
        ],
        [
          "Neptune snapshot friends",
          () => void eu.cloud.graphs.graphSnapshots.set("friends", { of: "friends", key: arn }),
        ],
        ["ElastiCache snapshot carts", () => void eu.cloud.caches.snapshots.set("carts", arn)],
        [
          "EBS snapshot snap-1",
          () => void eu.cloud.things.push({ kind: "snap", id: "snap-1", tags: {}, facts: { keyArn: arn } }),
        ],
        [
          "EBS volume vol-1",
          () => void eu.cloud.things.push({ kind: "vol", id: "vol-1", tags: {}, facts: { keyArn: arn, sizeGb: 20 } }),
        ],
      ];
      const names: string[] = [];
      for (const [name, leave] of kept) {
        leave();
        names.push(name);
        const { done, keeps } = await removed(kmsKey, eu.world());
        expect(done, name).toBe("nothing to do");
        expect(keeps.join(), name).toContain(`KMS key ${id}, without which `);
      }
      expect(names).toHaveLength(kept.length);
      expect((await removed(kmsKey, eu.world())).keeps).toEqual([
        `KMS key ${id}, without which RDS snapshot orders-2025, automated backups of orders, Neptune snapshot friends and 3 more cannot be read; ` +
          "a bootstrap uses it again; once nothing needs it: " +
          `aws kms schedule-key-deletion --key-id ${id} --pending-window-in-days 30 --region eu-west-1`,
      ]);
      expect(key().state).toBe("Enabled");
      expect(await eu.pending(eu.world())).toEqual({});
    });

    it("Backups that other keys encrypt do not keep it", async () => {
      eu.cloud.databases.snapshots.set("orders-2025", {
        of: "orders",
        key: "arn:aws:kms:eu-west-1:111122223333:key/other",
      });
      expect(await removed(kmsKey, eu.world())).toMatchObject({ done: "alias/acme-eu" });
    });

    it("A database that is going to leave a snapshot keeps it already", async () => {
      const world = eu.world({}, wanted);
      await eu.bootstrap(world);
      const { done, keeps } = await removed(kmsKey, world);
      expect(done).toBe("nothing to do");
      expect(keeps[0]).toMatch(/without which RDS snapshot acme-eu-postgres-final-db-\w+ cannot be read/i);
    });

    it("A Neptune that is going to leave a snapshot keeps it already", async () => {
      const world = eu.world({}, { stores: { graph: "neptune", neptune: { deletionProtection: false } } });
      await eu.bootstrap(world);
      const { done, keeps } = await removed(kmsKey, world);
      expect(done).toBe("nothing to do");
      expect(keeps[0]).toMatch(/without which Neptune snapshot acme-eu-neptune-final-cluster-\w+ cannot be read/i);
    });

    it("A service that may not be asked can have some, so that the key is not deleted", async () => {
      const world = eu.world();
      const denied = new AppError("AWS_DENIED", "not allowed to perform rds:DescribeDBSnapshots");
      const aws: RegionWorld["aws"] = {
        ...world.aws,
        service: async (name) => {
          const port = await world.aws.service(name);
          return name === "rds" ? { ...port, encryptedWith: () => Promise.reject(denied) } : port;
        },
      };
      await expect(removed(kmsKey, { ...world, aws })).rejects.toThrow(
        "whether backups or volumes are encrypted with it is unknown: not allowed to perform rds:DescribeDBSnapshots",
      );
      expect(key().state).toBe("Enabled");
    });
  });

  it("Killed while a key is recovered, the next run enables it", async () => {
    for (const when of ["before", "after"] as const) {
      for (let n = 0; n < 2; n++) {
        await removed(kmsKey, eu.world());
        eu.cloud.kill(n, when);
        await expect(eu.bootstrap(eu.world())).rejects.toThrow("killed");
        eu.cloud.restart();
        expect(await eu.bootstrap(eu.world())).toMatchObject({ exit: 0, findings: [] });
        expect(key().state).toBe("Enabled");
      }
    }
  });

  it("A key that KMS still shows as disabled after it was recovered is waited for", async () => {
    await removed(kmsKey, eu.world());
    const world = eu.world();
    const kms = await eu.cloud.aws.service("kms");
    let stale = 0;
    const lagging: typeof kms = {
      ...kms,
      key: async (id, signal) => {
        const found = await kms.key(id, signal);
        return found?.state === "Enabled" && ++stale <= 2 ? { ...found, state: "Disabled" } : found;
      },
    };
    const service: typeof world.aws.service = async (name) =>
      name === "kms" ? (lagging as never) : eu.cloud.aws.service(name);
    expect(await eu.bootstrap({ ...world, aws: { ...world.aws, service } })).toMatchObject({ exit: 0, findings: [] });
    expect(stale).toBeGreaterThan(2);
  });

  it("The key in gennet.yaml is reported if it is disabled, because gennet does not change it", async () => {
    const arn = key().arn;
    drift({ state: "Disabled" });
    expect((await eu.pending(eu.world({ encryptionKey: arn })))["kms-key"]).toBe(
      "blocked encryptionKey: KMS reports Disabled",
    );
  });

  it("A key of that alias without gennet's tags is refused", async () => {
    drift({ tags: {} });
    await expect(eu.plan(eu.world())).rejects.toMatchObject({ code: "REGION_NOT_MANAGED" });
  });

  it.each(["Unavailable", "PendingImport"])(
    "A key that is %s is reported, because gennet cannot change that",
    async (state) => {
      drift({ state });
      expect(await eu.pending(eu.world())).toEqual({ "kms-key": `blocked KMS reports ${state}` });
    },
  );

  it("The key in gennet.yaml is used as it is, and blocks the region if KMS does not have it", async () => {
    eu = oneRegion();
    const arn = "arn:aws:kms:eu-west-1:111122223333:key/theirs";
    const world = eu.world({ encryptionKey: arn });
    expect((await eu.pending(world))["kms-key"]).toBe(`blocked encryptionKey: KMS has no key ${arn} in eu-west-1`);
    const theirs = {
      id: "theirs",
      arn,
      state: "Enabled",
      description: "",
      rotates: false,
      policy: policyOf(),
      tags: {},
    };
    eu.cloud.keys.set("theirs", theirs);
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    expect([...eu.cloud.keys.values()]).toEqual([theirs]);
    expect(eu.cloud.clusters.get("acme-eu")?.encryptionKeyArn).toBe(arn);
    expect(await eu.pending(world)).toEqual({});
    expect(await removed(kmsKey, world)).toMatchObject({ done: "nothing to do" });
  });
});
