import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { awsJsonServer, type AwsServer, type AwsAnswer, type JsonCall } from "../../../test/support/aws-server.ts";
import { SecretValue } from "../../core/secret-value.ts";
import { connectAws } from "../aws.ts";
import type { SecretsManager } from "./port.ts";

const { signal } = new AbortController();
const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:acme/db-AbCdEf";

let server: AwsServer | undefined;
let calls: JsonCall[];

beforeEach(() => {
  calls = [];
  vi.stubEnv("AWS_PROFILE", undefined);
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "x");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.close();
});

const json = (body: object): AwsAnswer => ({ status: 200, body: JSON.stringify(body) });
const error = (name: string, message = "AWS's own words"): AwsAnswer => ({
  status: 400,
  body: JSON.stringify({ __type: name, message }),
});

async function connect(answer: (call: JsonCall) => AwsAnswer): Promise<SecretsManager> {
  server = await awsJsonServer((call) => {
    calls.push(call);
    return answer(call);
  });
  vi.stubEnv("AWS_ENDPOINT_URL", server.url);
  const clock = { now: () => 0, sleep: async () => undefined };
  const settings = { env: {}, requestTimeoutMs: 5_000, clock, random: () => 0, emit: () => undefined };
  const target = { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" };
  return connectAws(target, settings).service("secrets");
}

describe("Secrets Manager", () => {
  it("Secrets are listed page by page", async () => {
    const secrets = await connect(({ input }) =>
      input["NextToken"] === undefined
        ? json({
            SecretList: [{ Name: "a", ARN: "arn:a", RotationEnabled: true, Tags: [{ Key: "team", Value: "shop" }] }],
            NextToken: "more",
          })
        : json({ SecretList: [{ Name: "b", ARN: "arn:b", PrimaryRegion: "us-east-1", OwningService: "rds" }] }),
    );
    const pages = [];
    for await (const page of secrets.list(signal)) pages.push(page);
    expect(pages).toEqual([
      [{ name: "a", arn: "arn:a", rotatedByAws: true, tags: { team: "shop" } }],
      [{ name: "b", arn: "arn:b", primaryRegion: "us-east-1", rotatedByAws: false, owner: "rds", tags: {} }],
    ]);
    expect(calls.map(({ action }) => action)).toEqual(["ListSecrets", "ListSecrets"]);
  });

  it("A description contains labels and replicas, and is undefined for a missing secret", async () => {
    const secrets = await connect(({ input }) =>
      input["SecretId"] === "acme/db"
        ? json({
            Name: "acme/db",
            ARN: arn,
            VersionIdsToStages: { v1: ["AWSPREVIOUS"], v2: ["AWSCURRENT", "AWSPENDING"] },
            ReplicationStatus: [{ Region: "us-east-1", Status: "Failed", StatusMessage: "why" }],
          })
        : error("ResourceNotFoundException"),
    );
    expect(await secrets.describe("acme/db", signal)).toEqual({
      name: "acme/db",
      arn,
      rotatedByAws: false,
      tags: {},
      versions: { v1: ["AWSPREVIOUS"], v2: ["AWSCURRENT", "AWSPENDING"] },
      replicas: [{ awsRegion: "us-east-1", status: "Failed", message: "why" }],
    });
    expect(await secrets.describe("nowhere", signal)).toBeUndefined();
  });

  it("A version is read by its label, and its value keeps its type", async () => {
    const secrets = await connect(() => json({ VersionId: "v2", SecretString: "hunter2", CreatedDate: 1_700_000_000 }));
    const version = await secrets.version(arn, { stage: "AWSCURRENT" }, signal);
    expect(version?.value?.reveal()).toBe("hunter2");
    expect(inspect(version, { depth: 9 }) + JSON.stringify(version)).not.toContain("hunter2");
    expect(calls[0]).toEqual({ action: "GetSecretValue", input: { SecretId: arn, VersionStage: "AWSCURRENT" } });
  });

  it("A binary value is returned as bytes, and a missing version as undefined", async () => {
    const secrets = await connect(({ input }) =>
      input["VersionId"] === "v1"
        ? json({ VersionId: "v1", SecretBinary: "AAEC" })
        : error("ResourceNotFoundException"),
    );
    const version = await secrets.version(arn, { versionId: "v1" }, signal);
    expect(version).toMatchObject({ id: "v1", binary: true });
    expect(version?.value?.equals(new SecretValue(Buffer.from([0, 1, 2])))).toBe(true);
    expect(await secrets.version(arn, { versionId: "v2" }, signal)).toBeUndefined();
  });

  it("A version is stored under the given id, only as AWSPENDING", async () => {
    const secrets = await connect(() => json({}));
    await secrets.putPending(arn, "0b5c8a0e-0000-4000-8000-000000000000", new SecretValue("hunter2"), signal);
    expect(calls[0]).toEqual({
      action: "PutSecretValue",
      input: {
        SecretId: arn,
        ClientRequestToken: "0b5c8a0e-0000-4000-8000-000000000000",
        SecretString: "hunter2",
        VersionStages: ["AWSPENDING"],
      },
    });
  });

  it("An error of AWS does not contain the value", async () => {
    const secrets = await connect(() => error("InvalidRequestException", "the secret is scheduled for deletion"));
    const refused = await secrets
      .putPending(arn, "0b5c8a0e-0000-4000-8000-000000000000", new SecretValue("hunter2"), signal)
      .catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: "AWS_REJECTED", message: expect.stringContaining("scheduled for deletion") });
    expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain("hunter2");
  });
});

describe("a staging label", () => {
  it.each([
    [
      { from: "v1", to: "v2" },
      { RemoveFromVersionId: "v1", MoveToVersionId: "v2" },
    ],
    [{ to: "v2" }, { MoveToVersionId: "v2" }],
    [{ from: "v1" }, { RemoveFromVersionId: "v1" }],
  ])("A staging label moves %j", async (move, expected) => {
    const secrets = await connect(() => json({}));
    await secrets.moveStage(arn, "AWSCURRENT", move, signal);
    expect(calls).toEqual([
      { action: "UpdateSecretVersionStage", input: { SecretId: arn, VersionStage: "AWSCURRENT", ...expected } },
    ]);
  });

  const refusing = (versions: Record<string, string[]>) => (call: JsonCall) =>
    call.action === "DescribeSecret"
      ? json({ Name: "acme/db", ARN: arn, VersionIdsToStages: versions })
      : error("InvalidParameterException", "the label is not attached to that version");

  it("A staging label that an earlier attempt has moved is in the right place", async () => {
    const secrets = await connect(refusing({ v1: ["AWSPREVIOUS"], v2: ["AWSCURRENT"] }));
    const moved = secrets.moveStage(arn, "AWSCURRENT", { from: "v1", to: "v2" }, signal);
    await expect(moved).resolves.toBeUndefined();
    await expect(secrets.moveStage(arn, "AWSPENDING", { from: "v2" }, signal)).resolves.toBeUndefined();
  });

  it("A staging label that another process has moved is not moved", async () => {
    const secrets = await connect(refusing({ v3: ["AWSCURRENT"], v2: ["AWSPENDING"] }));
    const rejected = { code: "AWS_REJECTED" };
    await expect(secrets.moveStage(arn, "AWSCURRENT", { from: "v1", to: "v2" }, signal)).rejects.toMatchObject(
      rejected,
    );
    await expect(secrets.moveStage(arn, "AWSPENDING", { from: "v2" }, signal)).rejects.toMatchObject(rejected);
  });
});
