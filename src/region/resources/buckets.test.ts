import { beforeEach, describe, expect, it } from "vitest";
import { type MemoryAws, memoryAws } from "../../../test/support/memory-aws.ts";
import { platformSchema, type Region } from "../../platform/schema.ts";
import type { Bucket } from "../../aws/s3/port.ts";
import type { Operation } from "../../core/operation.ts";
import type { ResourceContext } from "../../core/resource.ts";
import { regionResources } from "../resources.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { auditBucket } from "./audit-bucket.ts";
import { stateBucket } from "./state-bucket.ts";

const { signal } = new AbortController();
let cloud: MemoryAws;

beforeEach(() => {
  cloud = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" });
});

function contextOf(region: object = {}, state: "local" | "bucket" = "bucket"): ResourceContext<RegionWorld> {
  const own = { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu" };
  const domain = "acme.example";
  const platform = platformSchema.parse({ name: "acme", domain, state, regions: [{ ...own, ...region }] });
  const world: RegionWorld = {
    platform,
    region: platform.regions[0] as Region,
    aws: cloud.aws,
    cluster: () => Promise.reject(new Error("there is no cluster")),
  };
  const none = (): never => {
    throw new Error("a bucket needs nothing");
  };
  const outputs = { output: none, required: none };
  return { world, signal, ...outputs, primary: { world, ...outputs } };
}

type BucketResource = RegionResource<Bucket | undefined, string>;

async function due(resource: BucketResource, context = contextOf()): Promise<readonly Operation[]> {
  return resource.diff(await resource.read(context), context).operations;
}

async function made(resource: BucketResource): Promise<Bucket> {
  const context = contextOf();
  await resource.apply(await resource.read(context), context);
  const actual = await resource.read(context);
  if (actual === undefined) throw new Error("there is no bucket");
  return actual;
}

const resources = [
  ["state", stateBucket, "acme-eu-111122223333-state"],
  ["audit", auditBucket, "acme-111122223333-audit"],
] as const;

describe.each(resources)("the %s bucket", (kind, resource, name) => {
  it(`The ${kind} bucket is created closed, encrypted, versioned and for TLS only, and then nothing is left to do`, async () => {
    expect(await due(resource)).toMatchObject([{ verb: "create", target: `bucket ${name}` }]);
    expect(await made(resource)).toMatchObject({ name, versioned: true, publicAccessBlocked: true, tlsOnly: true });
    expect(await due(resource)).toEqual([]);
    expect(resource.ready(await resource.read(contextOf()))).toEqual({ state: "ready" });
    expect(resource.output(await made(resource))).toBe(name);
  });

  it.each([
    ["versioned", "versioning", false, true],
    ["encryption", "encryption", "arn:aws:kms:eu-west-1:111122223333:key/other", "AES256"],
    ["publicAccessBlocked", "public access blocked", false, true],
    ["tlsOnly", "TLS only", false, true],
    kind === "state"
      ? (["versionDays", "days of old versions", 1, 90] as const)
      : (["lockDays", "days of Object Lock", 1, 365] as const),
  ] as const)(`Drift of the ${kind} bucket is exactly the field: %s`, async (setting, field, before, after) => {
    await made(resource);
    const bucket = cloud.buckets.get(name);
    if (bucket !== undefined) bucket.settings = { ...bucket.settings, [setting]: before };
    const target = `bucket ${name}`;
    expect(await due(resource)).toEqual([{ verb: "update", target, field, before, after }]);
    await made(resource);
    expect(await due(resource)).toEqual([]);
  });

  it(`The ${kind} bucket of another owner is not taken over`, async () => {
    await made(resource);
    const bucket = cloud.buckets.get(name);
    if (bucket !== undefined) bucket.settings = { ...bucket.settings, tags: {} };
    await expect(resource.read(contextOf())).rejects.toMatchObject({ code: "REGION_NOT_MANAGED" });
  });

  it(`The ${kind} bucket is a resource if gennet.yaml keeps the state in buckets`, () => {
    const isThere = (state: "local" | "bucket"): boolean =>
      regionResources(contextOf({}, state).world.platform).some(({ id }) => id === resource.id);
    expect([isThere("bucket"), isThere("local")]).toEqual([true, false]);
  });

  it(`The ${kind} bucket of another owner is not even adopted`, async () => {
    await made(resource);
    const bucket = cloud.buckets.get(name);
    if (bucket !== undefined) bucket.settings = { ...bucket.settings, tags: {} };
    const context = contextOf();
    const adopting = { ...context, world: { ...context.world, adopts: true } };
    await expect(resource.read(adopting)).rejects.toMatchObject({ code: "REGION_NOT_MANAGED" });
  });

  it(`The ${kind} bucket is kept when its region or platform is removed, and that is reported`, async () => {
    const actual = await made(resource);
    const context = contextOf();
    const changes = cloud.changes();
    expect(resource.removal?.diff(actual, context).operations).toEqual([]);
    await resource.removal?.apply(actual, context);
    expect(resource.removal?.gone(actual)).toEqual({ state: "ready" });
    expect(resource.removal?.keeps?.(actual, context)).toEqual([expect.stringContaining(`bucket ${name}`)]);
    expect(resource.removal?.keeps?.(undefined, context)).toEqual([]);
    expect(cloud.changes()).toBe(changes);
  });
});

describe("the encryption of the state bucket", () => {
  it("The state bucket is encrypted with the key of its region, if gennet.yaml names one", async () => {
    const encryptionKey = "arn:aws:kms:eu-west-1:111122223333:key/1234";
    await made(stateBucket);
    expect(await due(stateBucket, contextOf({ encryptionKey }))).toMatchObject([
      { field: "encryption", before: "AES256", after: encryptionKey },
    ]);
  });
});
