import { describe, expect, it } from "vitest";
import type { SecretDescription, SecretsManager } from "../aws/secrets-port.ts";
import { locate, type Store } from "./locate.ts";

const { signal } = new AbortController();

function store(awsRegion: string, has?: Partial<SecretDescription>, account = "111122223333"): Store {
  const arn = `arn:aws:secretsmanager:${awsRegion}:${account}:secret:acme/db-AbCdEf`;
  const description = { name: "acme/db", arn, rotatedByAws: false, versions: {}, replicas: [], ...has };
  const secrets: Partial<SecretsManager> = { describe: async () => (has === undefined ? undefined : description) };
  return { awsRegion, secrets: secrets as SecretsManager };
}

const copies = { primaryRegion: "eu-west-1" };
const find = (stores: readonly Store[], others: readonly string[] = []) =>
  locate("acme/db", stores, new Set(others), signal);

describe("a secret", () => {
  it("is found with its replicas, whichever region is asked first", async () => {
    const { primary, replicas } = await find([
      store("us-east-1", copies),
      store("eu-west-1", copies),
      store("eu-west-2"),
    ]);
    expect(primary.awsRegion).toBe("eu-west-1");
    expect(replicas.map(({ awsRegion }) => awsRegion)).toEqual(["us-east-1"]);
  });

  it.each([
    ["is nowhere", [store("eu-west-1")], [], "SECRET_UNKNOWN"],
    ["is about to be deleted", [store("eu-west-1", { deletedAt: new Date(0) })], [], "SECRET_UNKNOWN"],
    ["is another one in each region", [store("eu-west-1", {}), store("us-east-1", {})], [], "SECRET_AMBIGUOUS"],
    [
      "is another one in each account",
      [store("eu-west-1", {}), store("eu-west-1", {}, "999988887777")],
      [],
      "SECRET_AMBIGUOUS",
    ],
    [
      "has its primary in a region that was left out",
      [store("us-east-1", copies)],
      ["eu-west-1"],
      "SECRET_REGION_LEFT_OUT",
    ],
    [
      "has a replica in a region that was left out",
      [store("eu-west-1", { ...copies, replicas: [{ awsRegion: "us-east-1", status: "InSync" }] })],
      ["us-east-1"],
      "SECRET_REGION_LEFT_OUT",
    ],
  ] as const)("that %s is refused", async (_what, stores, others, code) => {
    await expect(find(stores, others)).rejects.toMatchObject({ code, exit: 2 });
  });

  it("may have replicas in regions that gennet.yaml does not name", async () => {
    const replicas = [{ awsRegion: "ap-south-1", status: "InSync" }];
    const found = await find([store("eu-west-1", { ...copies, replicas })], ["us-east-1"]);
    expect(found.replicas).toEqual([]);
  });
});
