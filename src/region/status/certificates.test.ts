import { beforeEach, describe, expect, it } from "vitest";
import type { Certificate } from "../../aws/acm/port.ts";
import type { DbInstance } from "../../aws/rds/port.ts";
import { shared } from "../../core/shared.ts";
import { platformSchema, type Region } from "../../platform/schema.ts";
import { memoryAws } from "../../../test/support/memory-aws.ts";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { ownTags, type RegionWorld } from "../world.ts";
import { certificates } from "./certificates.ts";
import { statusContext } from "./status-context.ts";

const { signal } = new AbortController();
const target = { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" };
let issued: Partial<Certificate>;
let database: Partial<DbInstance> | undefined;

beforeEach(() => {
  issued = { notAfter: new Date("2027-03-01") };
  database = { certificate: { authority: "rds-ca-rsa2048-g1", until: new Date("2027-04-01") } };
});

function worldOf(more: Readonly<Record<string, unknown>>): RegionWorld {
  const region = { ...target, cluster: "acme-eu" };
  const platform = platformSchema.parse({ name: "acme", domain: "acme.example", regions: [region], ...more });
  const { aws } = memoryAws(target);
  const world = {
    platform,
    region: platform.regions[0] as Region,
    aws,
    cluster: async () => memoryCluster("eu").cluster,
  };
  const service = (async (name: string) => {
    const names = ["*.acme.example", "acme.example"];
    const acm = {
      certificates: async () => [{ arn: "arn:c", status: "ISSUED", names, tags: ownTags(world), ...issued }],
    };
    return name === "acm" ? acm : { instance: async () => database };
  }) as unknown as typeof aws.service;
  return { ...world, aws: { ...aws, service } };
}

const everything = { hostedZone: "create", stores: { postgres: {} } };

async function shown(day: string, more: Readonly<Record<string, unknown>> = everything): Promise<readonly string[]> {
  const read = { changes: [], fences: shared(async () => []), now: () => Date.parse(day) };
  const context = statusContext(worldOf(more), read, signal);
  const found = await certificates.run(context, signal);
  return found.map(({ severity, subject, summary }) => `${severity} ${subject}: ${summary}`);
}

describe("certificates that AWS renews", () => {
  it("They are shown, a warning if they were not renewed in time, and a failure afterwards", async () => {
    expect(await shown("2027-01-20")).toEqual([
      "ok certificate of acme.example: valid until 2027-03-01",
      "ok certificate of database acme-eu-postgres: valid until 2027-04-01",
    ]);
    expect(await shown("2027-02-15")).toEqual([
      "warn certificate of acme.example: valid until 2027-03-01",
      "ok certificate of database acme-eu-postgres: valid until 2027-04-01",
    ]);
    expect(await shown("2027-04-02")).toEqual([
      "fail certificate of acme.example: expired on 2027-03-01",
      "fail certificate of database acme-eu-postgres: expired on 2027-04-01",
    ]);
  });

  it("A renewal that failed or waits for its record is a warning long before, and one that succeeded is not", async () => {
    for (const renewal of ["PENDING_VALIDATION", "FAILED"]) {
      issued = { ...issued, renewal };
      expect((await shown("2026-11-01"))[0]).toBe(
        `warn certificate of acme.example: valid until 2027-03-01; its renewal is ${renewal}`,
      );
      expect((await shown("2027-03-02"))[0]).toMatch(/^fail/);
    }
    for (const renewal of ["SUCCESS", "PENDING_AUTO_RENEWAL"]) {
      issued = { ...issued, renewal };
      expect((await shown("2026-11-01"))[0]).toBe("ok certificate of acme.example: valid until 2027-03-01");
    }
  });

  it("What gennet.yaml does not have, and what has no certificate yet, is not shown", async () => {
    expect(await shown("2027-04-02", {})).toEqual([]);
    issued = {};
    database = undefined;
    expect(await shown("2027-04-02")).toEqual([]);
    database = {};
    expect(await shown("2027-04-02")).toEqual([]);
  });
});
