import { describe, expect, it } from "vitest";
import type { SecretDescription, SecretsManager } from "../aws/secrets/port.ts";
import { type KnownRegion, locate, type Store } from "./locate.ts";

const { signal } = new AbortController();
const account = "111122223333";
const other = "999988887777";

function store(awsRegion: string, has?: Partial<SecretDescription>, accountId = account): Store {
  const arn = `arn:aws:secretsmanager:${awsRegion}:${accountId}:secret:acme/db-AbCdEf`;
  const description = { name: "acme/db", arn, rotatedByAws: false, tags: {}, versions: {}, replicas: [], ...has };
  const secrets: Partial<SecretsManager> = { describe: async () => (has === undefined ? undefined : description) };
  return { awsRegion, accountId, secrets: secrets as SecretsManager };
}

const region = (name: string, awsRegion: string, accountId = account): KnownRegion => ({ name, awsRegion, accountId });
const copies = { primaryRegion: "eu-west-1" };
const replicated = { ...copies, replicas: [{ awsRegion: "us-east-1", status: "InSync" }] };
const find = (stores: readonly Store[], others: readonly KnownRegion[] = []) =>
  locate("acme/db", stores, others, signal);

describe("a secret", () => {
  it("A secret is found with its replicas, whichever region is searched first", async () => {
    const { primary, replicas } = await find([
      store("us-east-1", copies),
      store("eu-west-1", copies),
      store("eu-west-2"),
    ]);
    expect(primary.awsRegion).toBe("eu-west-1");
    expect(replicas.map(({ awsRegion }) => awsRegion)).toEqual(["us-east-1"]);
  });

  it.each([
    ["exists nowhere", [store("eu-west-1")], [], "SECRET_UNKNOWN"],
    ["is scheduled for deletion", [store("eu-west-1", { deletedAt: new Date(0) })], [], "SECRET_UNKNOWN"],
    ["differs between regions", [store("eu-west-1", {}), store("us-east-1", {})], [], "SECRET_AMBIGUOUS"],
    ["differs between accounts", [store("eu-west-1", {}), store("eu-west-1", {}, other)], [], "SECRET_AMBIGUOUS"],
    [
      "has its primary in a region that is not selected",
      [store("us-east-1", copies)],
      [region("eu", "eu-west-1")],
      "SECRET_REGION_LEFT_OUT",
    ],
    [
      "has a replica in a region that is not selected",
      [store("eu-west-1", replicated)],
      [region("us", "us-east-1")],
      "SECRET_REGION_LEFT_OUT",
    ],
    [
      "is read by another region of gennet.yaml in the same account and AWS region",
      [store("eu-west-1", {})],
      [region("production", "eu-west-1")],
      "SECRET_REGION_LEFT_OUT",
    ],
  ] as const)("A secret is rejected if it %s", async (_what, stores, others, code) => {
    await expect(find(stores, others)).rejects.toMatchObject({ code, exit: 2 });
  });

  it("A secret in a region that is not selected is rejected with that region's name in gennet.yaml", async () => {
    const refused = find([store("eu-west-1", {})], [region("production", "eu-west-1")]);
    await expect(refused).rejects.toThrow('"acme/db" is also in production (eu-west-1)');
  });

  it.each([
    ["in the same AWS region", [region("production", "eu-west-1", other)]],
    ["where the secret has a replica", [region("elsewhere", "us-east-1", other)]],
  ])("A secret is found whatever another account has %s", async (_where, others) => {
    expect((await find([store("eu-west-1", replicated)], others)).primary.awsRegion).toBe("eu-west-1");
  });

  it("A secret may have replicas in regions that gennet.yaml does not have", async () => {
    const replicas = [{ awsRegion: "ap-south-1", status: "InSync" }];
    const found = await find([store("eu-west-1", { ...copies, replicas })], [region("us", "us-east-1")]);
    expect(found.replicas).toEqual([]);
  });
});
