import { describe, expect, it } from "vitest";
import { killedAtEveryChange } from "../../../../test/support/killed-at-every-change.ts";
import { nonEmpty } from "../../../../test/support/non-empty.ts";
import { type StoreTrial, storeTrial } from "../../../../test/support/store-trial.ts";
import { privateRoutes } from "../route-table.ts";
import { stores } from "../stores/stores.ts";
import { subnets } from "../subnets.ts";
import { vpc } from "../vpc.ts";
import { forwarding } from "./forwarding.ts";

const eu = "arn:aws:rds:eu-west-1:111122223333:db:acme-eu-postgres";
const us = "arn:aws:rds:us-east-1:111122223333:db:acme-us-postgres";
const euHost = "acme-eu-postgres.eu-west-1.rds.example";
const usHost = "acme-us-postgres.us-east-1.rds.example";
const ranges = { eu: "10.0.0.0/16", us: "10.1.0.0/16" };

function specOf(writes: "forward" | "read-only" = "forward", primary: "eu" | "us" = "eu"): Record<string, unknown> {
  return {
    stores: { postgres: { writes, deletionProtection: false } },
    each: {
      eu: { network: { cidr: ranges.eu, nat: "none" }, primary: primary === "eu" },
      us: { network: { cidr: ranges.us, nat: "none" }, primary: primary === "us" },
    },
  };
}

function trial(spec = specOf()): StoreTrial {
  return storeTrial([vpc, subnets, privateRoutes, ...stores, ...forwarding], spec);
}

async function bootstrapped(): Promise<StoreTrial> {
  const cloud = trial();
  await cloud.bootstrap();
  return cloud;
}

/** The routes of a region's private tables to peered VPCs. */
function peeringRoutesIn({ things }: StoreTrial, region: string): readonly unknown[] {
  const tables = things[region]?.filter(({ kind, tags }) => kind === "rtb" && tags["Name"]?.includes("private"));
  return nonEmpty(tables ?? []).map(({ facts }) => facts["peeringRoutes"]);
}

function ingressIn({ things }: StoreTrial, region: string): readonly string[] {
  const group = things[region]?.find(({ kind, tags }) => kind === "sg" && tags["Name"] === `acme-${region}-postgres`);
  const rules = (group?.facts["ingress"] ?? []) as readonly { readonly text: string }[];
  return rules.map(({ text }) => text).toSorted();
}

function writer({ zones }: StoreTrial): unknown {
  return zones.zones.flatMap(({ records }) => records).find(({ type }) => type === "CNAME");
}

function secretOf({ secrets }: StoreTrial): Record<string, unknown> {
  return JSON.parse(secrets[0]?.values.at(-1) ?? "{}") as Record<string, unknown>;
}

/** Swaps the roles of the two instances, as a failover does once the old source has come back as a replica. */
function swapRoles({ databases: { instances } }: StoreTrial): void {
  const { replicaOf: _, ...promoted } = instances.get(us) ?? {};
  instances.set(us, { ...promoted, replicas: [eu] } as never);
  Object.assign(instances.get(eu) ?? {}, { replicaOf: us, replicas: [] });
}

describe("writes that are forwarded", () => {
  it("The VPCs of both regions are peered, and each private table has a route to the other one", async () => {
    const cloud = await bootstrapped();
    expect(cloud.peerings.connections).toMatchObject([
      {
        status: "active",
        requester: { awsRegion: "us-east-1" },
        accepter: { awsRegion: "eu-west-1" },
        tags: { Name: "acme-us-peering", "gennet:region": "us" },
      },
    ]);
    for (const [region, range] of [
      ["eu", ranges.us],
      ["us", ranges.eu],
    ] as const) {
      for (const routes of nonEmpty(peeringRoutesIn(cloud, region)))
        expect(routes).toEqual([{ range, connectionId: "pcx-1" }]);
    }
    expect(await cloud.pending()).toEqual({});
  });

  it("Each database admits both ranges, because either of them can be the source", async () => {
    const cloud = await bootstrapped();
    const rules = ["tcp 5432 from 10.0.0.0/16", "tcp 5432 from 10.1.0.0/16"];
    expect([ingressIn(cloud, "eu"), ingressIn(cloud, "us")]).toEqual([rules, rules]);
  });

  it("One private name leads to the source, and both VPCs resolve it", async () => {
    const cloud = await bootstrapped();
    expect(cloud.zones.zones).toMatchObject([
      { name: "acme.internal", isPrivate: true, vpcs: [{ awsRegion: "eu-west-1" }, { awsRegion: "us-east-1" }] },
    ]);
    expect(writer(cloud)).toEqual({
      name: "postgres-writer.acme.internal",
      type: "CNAME",
      ttl: 5,
      values: [euHost],
    });
  });

  it("The secret has the writer's name as its host, and the endpoint of each region's instance", async () => {
    expect(secretOf(await bootstrapped())).toMatchObject({
      host: "postgres-writer.acme.internal",
      port: 5432,
      "endpoint.eu": euHost,
      "endpoint.us": usHost,
    });
  });

  it("A region in another account is authorized to resolve the name, and its account is named in the request", async () => {
    const spec = specOf();
    const each = spec["each"] as { readonly us: object };
    const account = { accountId: "222233334444" };
    const cloud = trial({ ...spec, each: { ...each, us: { ...each.us, ...account } } });
    await cloud.bootstrap();
    expect(cloud.zones.authorizations).toEqual(["Z1 vpc-1 given", "Z1 vpc-1 ended"]);
    expect(cloud.zones.zones).toMatchObject([{ vpcs: [{ awsRegion: "eu-west-1" }, { awsRegion: "us-east-1" }] }]);
    expect(cloud.peerings.connections).toMatchObject([{ status: "active", accepter: { accountId: "111122223333" } }]);
  });

  it("A second run changes nothing", async () => {
    const cloud = await bootstrapped();
    const before = cloud.ledger.count();
    await cloud.bootstrap();
    expect(cloud.ledger.count()).toBe(before);
  });

  it("A run that begins to forward and is killed at any change is continued, with the same result", async () => {
    const state = (cloud: StoreTrial): unknown => ({
      connections: cloud.peerings.connections.map(({ status }) => status),
      routes: ["eu", "us"].map((region) => peeringRoutesIn(cloud, region)),
      ingress: ["eu", "us"].map((region) => ingressIn(cloud, region)),
      zones: cloud.zones.zones.map(({ name, records, vpcs }) => ({ name, records, vpcs: vpcs.length })),
      host: secretOf(cloud)["host"],
    });
    await killedAtEveryChange({
      begin: async () => {
        const cloud = trial(specOf("read-only"));
        await cloud.bootstrap();
        return cloud.with(specOf());
      },
      run: (cloud) => cloud.bootstrap(),
      moreThan: 10,
      compare: async (cloud, whole) => {
        expect(state(cloud)).toEqual(state(whole));
        expect(await cloud.pending()).toEqual({});
      },
    });
  });
});

describe("forwarding that differs from gennet.yaml", () => {
  it("A connection that ended is requested again, and its routes lead through the new one", async () => {
    const cloud = await bootstrapped();
    Object.assign(cloud.peerings.connections[0] ?? {}, { status: "deleted" });
    expect(Object.keys(await cloud.pending())).toEqual([
      "eu/private-routes",
      "us/private-routes",
      "us/peering",
      "us/peering-acceptance",
      "us/peering-routes",
    ]);
    await cloud.bootstrap();
    expect(cloud.peerings.connections.map(({ status }) => status)).toEqual(["deleted", "active"]);
    for (const routes of nonEmpty([...peeringRoutesIn(cloud, "eu"), ...peeringRoutesIn(cloud, "us")])) {
      expect(routes).toMatchObject([{ connectionId: "pcx-2" }]);
    }
    expect(await cloud.pending()).toEqual({});
  });

  it.each(["expired", "rejected"])("A request that is %s is made again", async (status) => {
    const cloud = await bootstrapped();
    Object.assign(cloud.peerings.connections[0] ?? {}, { status });
    await cloud.bootstrap();
    expect(cloud.peerings.connections.map((each) => each.status)).toEqual([status, "active"]);
  });

  it("A connection that AWS could not make is blocked with AWS's reason", async () => {
    const cloud = await bootstrapped();
    Object.assign(cloud.peerings.connections[0] ?? {}, {
      status: "failed",
      message: "Failed due to overlapping ranges",
    });
    expect((await cloud.pending())["us/peering"]).toContain("Failed due to overlapping ranges");
  });

  it("A connection without its tags is still known by its VPCs, and gets them back", async () => {
    const cloud = await bootstrapped();
    Object.assign(cloud.peerings.connections[0] ?? {}, { tags: {} });
    expect(Object.keys(await cloud.pending())).toEqual(["us/peering"]);
    await cloud.bootstrap();
    expect(cloud.peerings.connections).toMatchObject([{ tags: { "gennet:resource": "peering" } }]);
  });

  it("A route that leads elsewhere, a lost rule and a lost association are put back", async () => {
    const cloud = await bootstrapped();
    const table = cloud.things["eu"]?.find(({ kind, tags }) => kind === "rtb" && tags["Name"]?.includes("private"));
    Object.assign(table?.facts ?? {}, { peeringRoutes: [] });
    const group = cloud.things["eu"]?.find(({ kind, tags }) => kind === "sg" && tags["Name"]?.includes("postgres"));
    const rules = group?.facts["ingress"] as readonly { readonly text: string }[];
    Object.assign(group?.facts ?? {}, { ingress: rules.filter(({ text }) => !text.includes(ranges.us)) });
    const [zone] = cloud.zones.zones;
    if (zone !== undefined) zone.vpcs = zone.vpcs.slice(0, 1);
    expect(Object.keys(await cloud.pending())).toEqual([
      "us/peering-routes",
      "us/postgres-access",
      "us/writer-association",
    ]);
    await cloud.bootstrap();
    expect(await cloud.pending()).toEqual({});
  });

  it("A rule of someone else is removed, and that of the other region stays", async () => {
    const cloud = await bootstrapped();
    const group = cloud.things["eu"]?.find(({ kind, tags }) => kind === "sg" && tags["Name"]?.includes("postgres"));
    const rules = (group?.facts["ingress"] ?? []) as readonly object[];
    Object.assign(group?.facts ?? {}, { ingress: [...rules, { id: "sgr-9", text: "tcp 5432 from 0.0.0.0/0" }] });
    expect(Object.keys(await cloud.pending())).toEqual(["eu/postgres-security-group"]);
    await cloud.bootstrap();
    expect(ingressIn(cloud, "eu")).toHaveLength(2);
  });

  it("The writer's name is repointed if it leads to a replica", async () => {
    const cloud = await bootstrapped();
    const [zone] = cloud.zones.zones;
    const lead = (host: string): void => {
      if (zone === undefined) return;
      zone.records = zone.records.map((each) => (each.type === "CNAME" ? { ...each, values: [host] } : each));
    };
    lead(usHost);
    expect(await cloud.pending()).toEqual({
      "eu/writer-record": [
        {
          verb: "update",
          target: "record postgres-writer.acme.internal",
          field: "leads to",
          before: usHost,
          after: euHost,
        },
      ],
    });
  });

  it("The writer's name is left alone if it leads to an instance that was promoted", async () => {
    const cloud = await bootstrapped();
    const { replicaOf: _, ...promoted } = cloud.databases.instances.get(us) ?? {};
    cloud.databases.instances.set(us, promoted as never);
    Object.assign(cloud.databases.instances.get(eu) ?? {}, { replicas: [] });
    const [zone] = cloud.zones.zones;
    if (zone !== undefined) {
      zone.records = zone.records.map((each) => (each.type === "CNAME" ? { ...each, values: [usHost] } : each));
    }
    expect((await cloud.pending())["eu/writer-record"]).toContain("it leads to acme-us-postgres, which is no replica");
  });

  it("After a failover the name leads to the new source, and gennet.yaml can follow", async () => {
    const cloud = await bootstrapped();
    swapRoles(cloud);
    expect(Object.keys(await cloud.pending())).toEqual(["us/writer-record"]);
    await cloud.bootstrap();
    expect(writer(cloud)).toMatchObject({ values: [usHost] });
    expect(await cloud.pending()).toEqual({});
  });

  it("If gennet.yaml makes the other region primary, the same connection and zone stay", async () => {
    const cloud = await bootstrapped();
    swapRoles(cloud);
    await cloud.bootstrap();
    const swapped = cloud.with(specOf("forward", "us"));
    const pending = await swapped.pending();
    // The secret has to become the one of the new primary region first.
    expect(Object.keys(pending)).toEqual(["platform/postgres-login", "us/postgres-address", "eu/peering"]);
    expect(pending["eu/peering"]).toMatchObject([{ field: "tag gennet:region", before: "us", after: "eu" }]);
  });
});

describe("forwarding that ends", () => {
  it("Without it, only the databases stay, and the secret has the address of the source", async () => {
    const cloud = (await bootstrapped()).with(specOf("read-only"));
    await cloud.bootstrap();
    expect(cloud.peerings.connections.map(({ status }) => status)).toEqual(["deleted"]);
    expect([...peeringRoutesIn(cloud, "eu"), ...peeringRoutesIn(cloud, "us")].flat()).toEqual([]);
    expect([ingressIn(cloud, "eu"), ingressIn(cloud, "us")]).toEqual([
      ["tcp 5432 from 10.0.0.0/16"],
      ["tcp 5432 from 10.1.0.0/16"],
    ]);
    expect(cloud.zones.zones).toEqual([]);
    expect(secretOf(cloud)["host"]).toBe(euHost);
    expect(await cloud.pending()).toEqual({});
  });

  it("A removal that is killed at any change is continued", async () => {
    await killedAtEveryChange({
      begin: async () => (await bootstrapped()).with(specOf("read-only")),
      run: (cloud) => cloud.bootstrap(),
      moreThan: 10,
      compare: async (cloud) => {
        expect(cloud.zones.zones).toEqual([]);
        expect(await cloud.pending()).toEqual({});
      },
    });
  });

  it("Everything goes with the regions", async () => {
    const cloud = await bootstrapped();
    await cloud.destroy();
    expect(cloud.zones.zones).toEqual([]);
    expect(cloud.peerings.connections.map(({ status }) => status)).toEqual(["deleted"]);
    expect(Object.values(cloud.things).flat()).toEqual([]);
  });
});
