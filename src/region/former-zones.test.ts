import { beforeEach, describe, expect, it } from "vitest";
import { oneRegion, type OneRegion, type RegionInput } from "../../test/support/one-region.ts";
import { formerPlaces } from "./resources/former-zones.ts";
import type { RegionWorld } from "./world.ts";

let eu: OneRegion;

beforeEach(() => {
  eu = oneRegion();
});

const databases = { stores: { postgres: {}, redis: {} } };

function worldOf(network: RegionInput["network"], own = eu): RegionWorld {
  return own.world({ network: { endpoints: ["sts"], ...network } }, databases);
}

/** What there is of each kind; what was deleted does not count. */
function counts(own = eu): Readonly<Record<string, number>> {
  const alive = own.cloud.things.filter(({ facts }) => facts["state"] !== "deleted" && facts["deleted"] !== true);
  const kinds = alive.map(({ kind }) => kind);
  return Object.fromEntries(
    [...new Set(kinds)].toSorted().map((kind) => [kind, kinds.filter((each) => each === kind).length]),
  );
}

describe("fewer zones in gennet.yaml than before", () => {
  it("A zone that nothing uses goes, with its route table, and leaves what there was before it", async () => {
    await eu.bootstrap(worldOf({ zones: 2 }));
    const before = counts();
    await eu.bootstrap(worldOf({ zones: 3 }));
    expect(counts()).not.toEqual(before);
    const world = worldOf({ zones: 2 });
    const pending = await eu.pending(world);
    expect(pending["former-subnets"]).toBe("delete public-3 | private-3");
    expect(Object.keys(pending).toSorted()).toEqual([
      "endpoints",
      "former-subnets",
      "postgres-subnet-group",
      "redis-subnet-group",
    ]);
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    expect(counts()).toEqual(before);
    expect(await eu.pending(world)).toEqual({});
  });

  it("A zone with nodes stays, and the plan says what keeps it", async () => {
    await eu.bootstrap(worldOf({ zones: 3 }));
    const before = counts();
    const world = worldOf({ zones: 2 });
    const pending = await eu.pending(world);
    expect(Object.keys(pending)).toEqual(["former-subnets"]);
    expect(pending["former-subnets"]).toMatch(
      /^blocked the node group default is in public-3, private-3, and EKS never changes the subnets of a node group: .*aws eks delete-nodegroup --cluster-name acme-eu --nodegroup-name default --region eu-west-1/,
    );
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 3 });
    expect(counts()).toEqual(before);
  });

  it("Without its node group, the cluster leaves the zone, and new nodes are in the others", async () => {
    await eu.bootstrap(worldOf({ zones: 3 }));
    eu.cloud.nodegroups.clear();
    const world = worldOf({ zones: 2 });
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    expect(eu.cloud.clusters.get("acme-eu")?.subnetIds).toHaveLength(2);
    expect([...eu.cloud.nodegroups.values()][0]?.subnetIds).toHaveLength(2);
    expect(counts()).toMatchObject({ subnet: 4 });
    expect(await eu.pending(world)).toEqual({});
  });

  it("A NAT gateway of the zone goes first, and the next run deletes its subnets", async () => {
    await eu.bootstrap(worldOf({ zones: 2, nat: "zonal" }));
    const before = counts();
    await eu.bootstrap(worldOf({ zones: 3, nat: "zonal" }));
    const world = worldOf({ zones: 2, nat: "zonal" });
    expect((await eu.pending(world))["former-subnets"]).toMatch(/^deferred nat-\d+ is deleted first/);
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0 });
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    expect(counts()).toEqual(before);
  });

  it("A zone in which network.nat wants a gateway stays", async () => {
    await eu.bootstrap(worldOf({ zones: ["euw1-az1", "euw1-az2", "euw1-az3"] }));
    expect((await eu.pending(worldOf({ zones: ["euw1-az2", "euw1-az3"] })))["former-subnets"]).toMatch(
      /^blocked network.nat wants a NAT gateway in public-1: /,
    );
  });

  it("A run that is killed at any change is continued, with the same result", async () => {
    const begun = async (): Promise<{ own: OneRegion; before: Readonly<Record<string, number>> }> => {
      const own = oneRegion();
      await own.bootstrap(worldOf({ zones: 2 }, own));
      const before = counts(own);
      await own.bootstrap(worldOf({ zones: 3 }, own));
      return { own, before };
    };
    const whole = (await begun()).own;
    const start = whole.cloud.changes();
    await whole.bootstrap(worldOf({ zones: 2 }, whole));
    const calls = whole.cloud.changes() - start;
    expect(calls).toBeGreaterThan(7);
    for (let n = 0; n < calls; n++) {
      const { own, before } = await begun();
      const world = worldOf({ zones: 2 }, own);
      own.cloud.kill(n, "after");
      await expect(own.bootstrap(world)).rejects.toThrow("killed");
      own.cloud.restart();
      expect(await own.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
      expect(counts(own)).toEqual(before);
    }
  });

  it("Of a number of zones, the last places go", () => {
    const held = new Map([
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ]);
    expect(formerPlaces(2, held)).toEqual([3]);
    expect(formerPlaces(4, held)).toEqual([]);
    expect(formerPlaces(["c", "a"], held)).toEqual([2]);
  });
});
