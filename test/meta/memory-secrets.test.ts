import { describe, expect, it } from "vitest";
import type { SecretsManager } from "../../src/aws/secrets/port.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { type Change, type MemorySecret, memorySecrets, v0, v1, v2, v3 } from "../support/memory-secrets.ts";

const { signal } = new AbortController();
const change: Change = async (_what, work) => work();

function madeSecret(awsRegion = "eu-west-1"): { secret: MemorySecret; store: SecretsManager } {
  const secret: MemorySecret = {
    name: "acme/db",
    texts: new Map([
      [v0, "older"],
      [v1, "old"],
    ]),
    labels: new Map([
      ["AWSPREVIOUS", v0],
      ["AWSCURRENT", v1],
    ]),
    replicas: ["us-east-1"],
  };
  return { secret, store: memorySecrets(secret, awsRegion, change) };
}

const put = (store: SecretsManager, version: string, text: string, id = "acme/db"): Promise<void> =>
  store.putPending(id, version, new SecretValue(text), signal);

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
describe("what the in-memory Secrets Manager rejects", () => {
  it.each<readonly [what: string, code: string, call: (store: SecretsManager) => Promise<unknown>]>([
    ["a version of no secret", "ResourceNotFoundException", (store) => put(store, v2, "new", "acme/other")],
    ["another value of a version", "ResourceExistsException", (store) => put(store, v1, "new")],
    ["a token of 31 characters", "ValidationException", (store) => put(store, "a".repeat(31), "new")],
    ["a value of 64 KiB and a byte", "ValidationException", (store) => put(store, v2, "a".repeat(65_537))],
    [
      "a label from a version that does not have it",
      "InvalidParameterException",
      (store) => store.moveStage("acme/db", "AWSCURRENT", { from: v2, to: v0 }, signal),
    ],
    [
      "a label of a version without the name of that version",
      "InvalidParameterException",
      (store) => store.moveStage("acme/db", "AWSCURRENT", { to: v0 }, signal),
    ],
    [
      "AWSCURRENT at no version",
      "InvalidParameterException",
      (store) => store.moveStage("acme/db", "AWSCURRENT", { from: v1 }, signal),
    ],
    [
      "a label to a version that does not exist",
      "ResourceNotFoundException",
      (store) => store.moveStage("acme/db", "AWSCURRENT", { from: v1, to: v3 }, signal),
    ],
    ["a move from and to nothing", "InvalidParameterException", (store) => store.moveStage("acme/db", "X", {}, signal)],
  ])("The in-memory Secrets Manager rejects %s: %s", async (_what, code, call) => {
    const { secret, store } = madeSecret();
    const message = expect.stringContaining(`(${code})`) as string;
    await expect(call(store)).rejects.toMatchObject({ code: "AWS_REJECTED", message });
    expect(Object.fromEntries(secret.labels)).toEqual({ AWSPREVIOUS: v0, AWSCURRENT: v1 });
    expect([...secret.texts.keys()]).toEqual([v0, v1]);
  });

  it("The in-memory Secrets Manager rejects every change of a replica", async () => {
    const { store } = madeSecret("us-east-1");
    const rejected = { code: "AWS_REJECTED", message: expect.stringContaining("replica") as string };
    await expect(put(store, v2, "new")).rejects.toMatchObject(rejected);
    const moved = store.moveStage("acme/db", "AWSCURRENT", { from: v1, to: v0 }, signal);
    await expect(moved).rejects.toMatchObject(rejected);
  });

  it("The in-memory Secrets Manager rejects a name with a space", () => {
    const { secret } = madeSecret();
    expect(() => memorySecrets({ ...secret, name: "a b" }, "eu-west-1", change)).toThrow("InvalidParameterException");
  });
});

describe("the in-memory Secrets Manager", () => {
  it("The in-memory Secrets Manager ignores a repeated request for a version, and moves no label", async () => {
    const { secret, store } = madeSecret();
    await put(store, v2, "new");
    await store.moveStage("acme/db", "AWSPENDING", { from: v2 }, signal);
    await put(store, v2, "new");
    expect(secret.labels.has("AWSPENDING")).toBe(false);
  });

  it("The in-memory Secrets Manager moves AWSPREVIOUS with AWSCURRENT", async () => {
    const { secret, store } = madeSecret();
    await put(store, v2, "new");
    await store.moveStage("acme/db", "AWSCURRENT", { from: v1, to: v2 }, signal);
    expect(Object.fromEntries(secret.labels)).toEqual({ AWSPREVIOUS: v1, AWSCURRENT: v2, AWSPENDING: v2 });
  });
});
