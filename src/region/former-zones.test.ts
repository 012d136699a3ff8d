import { beforeEach, describe, expect, it } from "vitest";
import { oneRegion, type OneRegion, type RegionInput } from "../../test/support/one-region.ts";
import { formerPlaces } from "./resources/former-zones.ts";
import { planRegions, type RegionPlanEntry } from "./region-plan.ts";
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
    expect(pending["former-subnets"]).toBe("delete acme-eu-private-routes-3 | public-3 | private-3");
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
    expect(pending["former-subnets"]).toBe(
      "blocked the node group default has nodes in private-3, and EKS never changes the subnets of a node group: it has to be replaced",
    );
    const { changes } = (await eu.plan(world)).regions[0] as RegionPlanEntry;
    expect(changes.find(({ step }) => step === "former-subnets")?.obstacle?.next?.[0]).toMatch(
      /^aws eks delete-nodegroup --cluster-name acme-eu --nodegroup-name default --region eu-west-1 {2}# /,
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

  it("A NAT gateway of the zone goes in the same run, before its subnet", async () => {
    await eu.bootstrap(worldOf({ zones: 2, nat: "zonal" }));
    const before = counts();
    await eu.bootstrap(worldOf({ zones: 3, nat: "zonal" }));
    const world = worldOf({ zones: 2, nat: "zonal" });
    const { changes } = (await eu.plan(world)).regions[0] as RegionPlanEntry;
    const removed = changes.filter(({ action }) => action === "delete").map(({ step }) => step);
    expect(removed).toEqual(["nat-gateway-3", "nat-address-3", "former-subnets"]);
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    expect(counts()).toEqual(before);
    expect(await eu.pending(world)).toEqual({});
  });

  it("A zone with a NAT gateway that gennet.yaml asks for stays until network.nat is regional", async () => {
    const three = { zones: ["euw1-az1", "euw1-az2", "euw1-az3"] };
    const two = { zones: ["euw1-az2", "euw1-az3"] };
    await eu.bootstrap(worldOf({ ...three, nat: "zonal" }));
    eu.cloud.nodegroups.clear();
    expect((await eu.pending(worldOf({ ...two, nat: "zonal" })))["former-subnets"]).toBe(
      "blocked the NAT gateway acme-eu-nat is in public-1, and AWS never moves a gateway",
    );
    expect(await eu.bootstrap(worldOf({ ...two, nat: "regional" }))).toMatchObject({ exit: 0, findings: [] });
    // The places of the zones that stayed are 2 and 3.
    const world = worldOf({ ...two, nat: "zonal" });
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    expect(await eu.pending(world)).toEqual({});
    const gateways = eu.cloud.things.filter(({ kind, facts }) => kind === "nat" && facts["state"] === "available");
    const places = gateways.map(
      ({ facts }) => eu.cloud.things.find(({ id }) => id === facts["subnetId"])?.tags["Name"],
    );
    expect(new Set(places)).toEqual(new Set(["acme-eu-public-2", "acme-eu-public-3"]));
    expect(counts()).toMatchObject({ subnet: 4, nat: 2 });
  });

  it("A network interface of others keeps the zone, and the plan names it", async () => {
    await eu.bootstrap(worldOf({ zones: 2 }));
    await eu.bootstrap(worldOf({ zones: 3 }));
    const subnet = eu.cloud.things.find(({ tags }) => tags["gennet:resource"] === "private-3");
    const facts = { vpcId: subnet?.facts["vpcId"], subnetId: subnet?.id, status: "in-use" };
    const add = (description: string): void =>
      void eu.cloud.things.push({ kind: "eni", id: `eni-${description}`, tags: {}, facts: { ...facts, description } });
    add("Amazon EKS acme-eu");
    expect((await eu.pending(worldOf({ zones: 2 })))["former-subnets"]).toMatch(/^delete /);
    add("RDSNetworkInterface");
    const world = worldOf({ zones: 2 });
    expect(await eu.pending(world)).toEqual({
      "former-subnets": "blocked network interface eni-RDSNetworkInterface (RDSNetworkInterface) is in private-3",
    });
    const { findings } = await eu.bootstrap(world);
    expect(findings).toMatchObject([
      {
        severity: "fail",
        fix: expect.stringMatching(
          /^aws ec2 describe-network-interfaces --network-interface-ids eni-RDSNetworkInterface --region eu-west-1 /,
        ) as string,
      },
    ]);
  });

  it("A cluster that would be left with one zone keeps it, because EKS adds no zone to a cluster", async () => {
    await eu.bootstrap(worldOf({ zones: ["euw1-az1", "euw1-az2"] }));
    await eu.bootstrap(worldOf({ zones: ["euw1-az1", "euw1-az2", "euw1-az3"] }));
    eu.cloud.nodegroups.clear();
    expect((await eu.pending(worldOf({ zones: ["euw1-az1", "euw1-az3"] })))["former-subnets"]).toBe(
      "blocked the cluster is in private-2, needs two zones, and EKS adds no zone to a cluster",
    );
  });

  it("With EKS Auto Mode, a zone in which it launches nodes stays", async () => {
    const nodes = { mode: "auto" } as const;
    const world = (zones: number): RegionWorld => eu.world({ nodes, network: { zones } });
    await eu.bootstrap(world(3));
    expect((await eu.pending(world(2)))["former-subnets"]).toBe(
      "blocked EKS Auto Mode launches nodes in private-3, and keeps the subnets that it began with",
    );
  });

  it("With --only, nothing is deleted that the rest of the plan still uses", async () => {
    await eu.bootstrap(worldOf({ zones: 2 }));
    await eu.bootstrap(worldOf({ zones: 3 }));
    const { regions } = await planRegions([worldOf({ zones: 2 })], new AbortController().signal, {
      only: ["former-subnets"],
    });
    expect(regions[0]?.changes).toMatchObject([
      { step: "former-subnets", obstacle: { reason: "endpoints still needs it, and is left out of this plan" } },
    ]);
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
