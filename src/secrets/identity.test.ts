import { describe, expect, it } from "vitest";
import type { ExternalStore, PushSecret } from "../k8s/external-secrets/port.ts";
import { type ExternalSecretObject, toExternalSecret } from "../k8s/external-secrets/shapes.ts";
import { type SecretIdentity, readsKubeSecret, writes } from "./identity.ts";
import { readingOf } from "./readers.ts";

const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme/pay/db-AbCdEf";
const secret: SecretIdentity = {
  name: "acme/pay/db",
  accountId: "123456789012",
  arns: [arn, arn.replace("eu-west-1", "us-east-1")],
  awsRegions: ["eu-west-1", "us-east-1"],
  tags: { team: "payments", "tier/x": "gold" },
};

type Aws = Extract<ExternalStore["provider"], { as: "aws" }>;
const aws: Aws = { as: "aws", service: "SecretsManager", awsRegion: "eu-west-1", prefix: "", account: "own" };
const store = (name: string, more: Partial<Aws> = {}, kind: ExternalStore["kind"] = "ClusterSecretStore") =>
  ({ kind, name, ...(kind === "SecretStore" && { namespace: "pay" }), provider: { ...aws, ...more } }) as const;
const stores: readonly ExternalStore[] = [
  store("aws"),
  store("prefixed", { prefix: "acme/pay/" }, "SecretStore"),
  store("us", { awsRegion: "us-east-1" }),
  store("elsewhere", { awsRegion: "ap-south-1" }),
  store("account", { account: { id: "999988887777" } }),
  store("role", { account: { id: "123456789012" } }),
  store("keys", { account: undefined }),
  store("parameters", { service: "ParameterStore" }),
  { kind: "SecretStore", name: "kubernetes", namespace: "pay", provider: { as: "kubernetes", namespace: "shop" } },
  { kind: "ClusterSecretStore", name: "vault", provider: { as: "other" } },
];
const around = { accountId: "123456789012", stores };

async function answer(spec: object, store = "aws", kind = "ClusterSecretStore"): Promise<string> {
  const secretStoreRef = store === "" ? {} : { secretStoreRef: { kind, name: store } };
  const object = {
    kind: "ExternalSecret",
    metadata: { name: "x", namespace: "pay" },
    spec: { ...secretStoreRef, ...spec },
  };
  const reading = await readingOf(toExternalSecret(object as unknown as ExternalSecretObject), secret, around);
  if (reading === undefined) return "does not read it";
  if (reading.doubt !== undefined) return `may: ${reading.doubt}`;
  return reading.pinned === undefined ? "reads it" : `pinned to ${reading.pinned}`;
}

const key = (remote: string, more: object = {}) => ({
  data: [{ secretKey: "k", remoteRef: { key: remote, ...more } }],
});
const find = (more: object) => ({ dataFrom: [{ find: more }] });

describe("an ExternalSecret reads a secret", () => {
  it.each([
    ["its name", key("acme/pay/db"), "aws", "reads it"],
    ["its whole ARN", key(arn), "aws", "reads it"],
    ["its ARN without the last six characters", key(arn.slice(0, -7)), "aws", "reads it"],
    ["an extract of it", { dataFrom: [{ extract: { key: "acme/pay/db" } }] }, "aws", "reads it"],
    ["another name", key("acme/pay/db2"), "aws", "does not read it"],
    ["its name in a store that reads its replica", key("acme/pay/db"), "us", "reads it"],
    ["its name in an AWS region without a copy", key("acme/pay/db"), "elsewhere", "does not read it"],
    ["its name in another account", key("acme/pay/db"), "account", "does not read it"],
    ["its ARN from another account", key(arn), "account", "reads it"],
    ["its name with a role of its account", key("acme/pay/db"), "role", "reads it"],
    ["its name with keys of an unknown account", key("acme/pay/db"), "keys", "reads it"],
    ["its name in another provider", key("acme/pay/db"), "vault", "does not read it"],
    ["its name in a store that does not exist", key("acme/pay/db"), "gone", "reads it"],
    ["its name in no store", key("acme/pay/db"), "", "reads it"],
    ["its tags", key("acme/pay/db", { metadataPolicy: "Fetch" }), "aws", "does not read it"],
    ["AWSCURRENT by name", key("acme/pay/db", { version: "AWSCURRENT" }), "aws", "reads it"],
    ["the previous version", key("acme/pay/db", { version: "AWSPREVIOUS" }), "aws", "pinned to AWSPREVIOUS"],
    ["one version", key("acme/pay/db", { version: "uuid/1" }), "aws", "pinned to uuid/1"],
    ["another secret's version", key("acme/pay/other", { version: "uuid/1" }), "aws", "does not read it"],
    ["a name that matches", find({ name: { regexp: "^acme/pay/.*$" } }), "aws", "reads it"],
    ["names that do not match", find({ name: { regexp: "^shop/" } }), "aws", "does not read it"],
    ["names below a path", find({ name: { regexp: "db" }, path: "acme/" }), "aws", "reads it"],
    ["names below another path", find({ name: { regexp: "db" }, path: "shop/" }), "aws", "does not read it"],
    ["names by an invalid expression", find({ name: { regexp: "(" } }), "aws", "may: "],
    ["its tags' values", find({ tags: { team: "pay", tier: "gold" } }), "aws", "reads it"],
    ["other tags", find({ tags: { team: "orders" } }), "aws", "does not read it"],
    ["no tags", find({ tags: {} }), "aws", "does not read it"],
    ["names in an AWS region without a copy", find({ name: { regexp: "db" } }), "elsewhere", "does not read it"],
    ["parameters that stand for it", key("/aws/reference/secretsmanager/acme/pay/db"), "parameters", "may: "],
    ["a generator", { dataFrom: [{ sourceRef: { generatorRef: {} } }] }, "aws", "does not read it"],
  ])("An ExternalSecret is matched with the secret by %s", async (_what, spec, store, expected) => {
    expect(await answer(spec, store)).toContain(expected);
  });

  it("An ExternalSecret is matched with the secret by a name without its store's prefix, and not by the whole name", async () => {
    expect(await answer(key("db"), "prefixed", "SecretStore")).toBe("reads it");
    expect(await answer(key("acme/pay/db"), "prefixed", "SecretStore")).toBe("does not read it");
    expect(await answer(find({ name: { regexp: "^db$" } }), "prefixed", "SecretStore")).toContain("may: ");
  });

  it("An ExternalSecret is matched with the secret by the store of one source, whether the ExternalSecret has another one or none", async () => {
    const sourceRef = { storeRef: { kind: "ClusterSecretStore", name: "aws" } };
    const data = [{ secretKey: "k", remoteRef: { key: "acme/pay/db" }, sourceRef }];
    expect(await answer({ data }, "")).toBe("reads it");
    expect(await answer({ data }, "vault")).toBe("reads it");
    expect(await answer({ dataFrom: [{ extract: { key: "acme/pay/db" }, sourceRef }] }, "")).toBe("reads it");
  });
});

describe("what copies the secret's values", () => {
  const push: PushSecret = {
    namespace: "pay",
    name: "p",
    stores: [{ kind: "ClusterSecretStore", name: "aws" }],
    everyStore: false,
    keys: ["acme/pay/db"],
    replaces: true,
  };
  it.each([
    ["its name", push, true],
    ["another name", { ...push, keys: ["x"] }, false],
    ["another store", { ...push, stores: [{ kind: "ClusterSecretStore", name: "elsewhere" }] }, false],
    ["a prefix", { ...push, stores: [{ kind: "SecretStore", name: "prefixed" }], keys: ["db"] }, true],
    ["stores by their labels", { ...push, stores: [], everyStore: true }, true],
  ] as const)("A PushSecret writes the secret if it matches by %s", (_what, each, expected) => {
    expect(writes(each, secret, { ...around, namespace: "pay" })).toBe(expected);
  });

  it.each([
    ["db", true],
    ["other", false],
  ])("An ExternalSecret copies the Kubernetes Secret db, not others: %s", (name, expected) => {
    const spec = { secretStoreRef: { kind: "SecretStore", name: "kubernetes" }, ...key("db") };
    const object = { kind: "ExternalSecret", metadata: { name: "x", namespace: "pay" }, spec };
    const external = toExternalSecret(object as unknown as ExternalSecretObject);
    expect(readsKubeSecret(external, { namespace: "shop", name }, around)).toBe(expected);
  });
});
