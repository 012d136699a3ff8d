import { describe, expect, it } from "vitest";
import { SecretValue } from "../core/secret-value.ts";
import type { ExternalSecret, ExternalSecrets } from "../k8s/external-secrets/port.ts";
import { readerObstacles, secretObstacles } from "./obstacles.ts";
import { readPayload } from "./payload.ts";
import type { Reader } from "./readers.ts";

const { signal } = new AbortController();
const value = new SecretValue("p/ss");

function reader(more: Partial<ExternalSecret>, data: Readonly<Record<string, string>>): Reader {
  const secrets = new Map(Object.entries(data).map(([key, each]) => [key, new SecretValue(each)]));
  const externalSecrets: Partial<ExternalSecrets> = {
    secret: async () => ({ data: secrets, resourceVersion: "1" }),
  };
  const external = { namespace: "shop", name: "db", sources: [], ready: true, ...more };
  return { site: { name: "eu", externalSecrets }, external, kubeSecret: "db", consumers: [] } as unknown as Reader;
}

const made = { sources: [{ key: "acme/db", landing: { as: "made", by: "a template" } }] } as const;

describe("what stops a new value on its way", () => {
  it.each([
    ["nothing", {}, {}, []],
    ["a template that shows the value", made, { url: "x://p%2Fss@" }, []],
    ["a template that hashes it", made, { hash: "8f14e45f" }, ["a template makes the value unrecognisable"]],
    [
      "an ExternalSecret that never looks again",
      { fixed: "its refreshInterval is 0" },
      {},
      ["its refreshInterval is 0"],
    ],
    ["one that is not ready", { ready: false, reason: "AccessDenied" }, {}, ["it is not ready: AccessDenied"]],
  ])("is %s", async (_what, more, data, expected) => {
    const found = await readerObstacles([reader(more, data)], value, signal);
    expect(found.map(({ summary }) => expected.find((words) => summary.startsWith(words)) ?? summary)).toEqual(
      expected,
    );
  });

  it("is an owner of the secret who changes it", () => {
    const description = { name: "s", arn: "a", rotatedByAws: false, versions: {}, replicas: [] };
    const text = readPayload(value);
    expect(secretObstacles("s", description, text)).toEqual([]);
    const found = [
      secretObstacles("s", { ...description, owner: "rds" }, text),
      secretObstacles("s", { ...description, rotatedByAws: true }, text),
      secretObstacles("s", description, undefined),
    ];
    expect(found.flat().map(({ summary }) => summary)).toEqual([
      "it is managed by the AWS service rds",
      "AWS rotates it by itself, and would change it again",
      "its value is not text but bytes",
    ]);
  });
});
