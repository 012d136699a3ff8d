import { describe, expect, it } from "vitest";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { KubeObject } from "../port.ts";
import { createExternalSecrets } from "./external-secrets.ts";
import type { ExternalSecret } from "./port.ts";
import { type ExternalSecretObject, toExternalSecret } from "./shapes.ts";

const { signal } = new AbortController();
const apiVersion = "external-secrets.io/v1";

function object(spec: object, status?: object): ExternalSecretObject {
  const metadata = { name: "db", namespace: "shop" };
  const data = [{ secretKey: "PASSWORD", remoteRef: { key: "acme/db", property: "password" } }];
  const store = { secretStoreRef: { kind: "ClusterSecretStore", name: "aws" } as const };
  return { apiVersion, kind: "ExternalSecret", metadata, spec: { data, ...store, ...spec }, ...(status && { status }) };
}

describe("an ExternalSecret", () => {
  it("says what it copies from where to where", () => {
    const status = {
      refreshTime: "2026-01-02T03:00:00Z",
      syncedResourceVersion: "1-abc",
      conditions: [{ type: "Ready", status: "True" }],
    };
    expect(toExternalSecret(object({ target: { name: "db-login" }, refreshInterval: "1h0m0s" }, status))).toEqual({
      namespace: "shop",
      name: "db",
      secret: "db-login",
      store: { kind: "ClusterSecretStore", name: "aws" },
      sources: [{ key: "acme/db", landing: { as: "key", secretKey: "PASSWORD", property: "password" } }],
      ready: true,
      refreshedAt: "2026-01-02T03:00:00Z",
      refreshInterval: "1h0m0s",
      synced: "1-abc",
    });
  });

  it.each([
    ["is looked at each hour", { refreshInterval: "1h" }, undefined],
    ["is looked at by default", {}, undefined],
    ["is looked at when it changes", { refreshPolicy: "OnChange", refreshInterval: "0" }, undefined],
    [
      "reads AWSCURRENT by name",
      { data: [{ secretKey: "a", remoteRef: { key: "k", version: "AWSCURRENT" } }] },
      undefined,
    ],
    ["is made once", { refreshPolicy: "CreatedOnce" }, "CreatedOnce"],
    ["has an interval of 0", { refreshInterval: "0" }, "refreshInterval is 0"],
    ["has an interval of 0s", { refreshPolicy: "Periodic", refreshInterval: "0s" }, "refreshInterval is 0"],
    ["is immutable", { target: { immutable: true } }, "immutable"],
    ["pins a version", { data: [{ secretKey: "a", remoteRef: { key: "k", version: "uuid/1" } }] }, "uuid/1"],
    ["pins one for all", { dataFrom: [{ extract: { key: "k", version: "AWSPREVIOUS" } }] }, "AWSPREVIOUS"],
  ])("that %s can or cannot be refreshed", (_what, spec, why) => {
    const { fixed = "it can be refreshed" } = toExternalSecret(object(spec));
    expect(fixed).toContain(why ?? "it can be refreshed");
  });

  it.each([
    ["all its properties", { data: [], dataFrom: [{ extract: { key: "k" } }] }, { as: "properties" }],
    [
      "a template's work",
      { target: { template: { data: { url: "x" } } } },
      { as: "made", by: "a template", property: "password" },
    ],
    [
      "rewritten keys",
      { data: [], dataFrom: [{ extract: { key: "k" }, rewrite: [{}] }] },
      { as: "made", by: "a rewriting" },
    ],
    [
      "decoded values",
      { data: [{ secretKey: "a", remoteRef: { key: "k", decodingStrategy: "Base64" } }] },
      { as: "made", by: "a decoding" },
    ],
    ["a whole text", { data: [{ secretKey: "a", remoteRef: { key: "k" } }] }, { as: "key", secretKey: "a" }],
  ])("may give %s", (_what, spec, landing) => {
    expect(toExternalSecret(object(spec)).sources.map((source) => source.landing)).toEqual([landing]);
  });
});

describe("a forced sync", () => {
  const ready = { conditions: [{ type: "Ready", status: "True" }], syncedResourceVersion: "1-old" };
  const waiting = { patienceMs: 60_000, tell: () => undefined };

  async function trial(status: object = ready) {
    const memory = memoryCluster("eu");
    memory.store(object({}, status));
    const externalSecrets = createExternalSecrets(memory.cluster, virtualClock());
    const [external] = (await externalSecrets.list("shop", signal)) as [ExternalSecret];
    const say = (next: object): KubeObject => memory.store(object({}, next));
    return { memory, externalSecrets, external, say };
  }

  it("changes an annotation, and is over when External Secrets has seen it and is ready", async () => {
    const { memory, externalSecrets, external, say } = await trial();
    await externalSecrets.force(external, "token", signal);
    expect(memory.objects.get("ExternalSecret shop/db")?.metadata.annotations).toEqual({
      "gennet.dev/force-sync": "token",
    });
    let over = false;
    const synced = externalSecrets.untilSynced(external, waiting, signal).then(() => (over = true));
    for (const status of [
      { ...ready, conditions: [{ type: "Ready", status: "False", message: "throttled" }] },
      { conditions: [{ type: "Ready", status: "False", message: "throttled" }], syncedResourceVersion: "1-new" },
    ]) {
      say(status);
      await Promise.resolve();
      expect(over).toBe(false);
    }
    say({ ...ready, syncedResourceVersion: "1-new" });
    await synced;
  });

  it("fails with External Secrets' own words, or says that it keeps silent", async () => {
    const silent = await trial();
    await expect(silent.externalSecrets.untilSynced(silent.external, waiting, signal)).rejects.toMatchObject({
      code: "SECRET_NOT_SYNCED",
      exit: 6,
      message: expect.stringContaining("Is its operator running?"),
    });
    const failing = await trial();
    const late = failing.externalSecrets.untilSynced(failing.external, waiting, signal);
    failing.say({ ...ready, conditions: [{ type: "Ready", status: "False", message: "AccessDeniedException" }] });
    await expect(late).rejects.toThrow("AccessDeniedException (after 1m00s)");
  });

  it("fails at once when it is deleted", async () => {
    const { memory, externalSecrets, external } = await trial();
    const gone = externalSecrets.untilSynced(external, waiting, signal);
    await memory.cluster.delete({ apiVersion, kind: "ExternalSecret", namespace: "shop", name: "db" }, signal);
    await expect(gone).rejects.toThrow("it was deleted");
  });
});

describe("a store", () => {
  it.each([
    [{ aws: { service: "SecretsManager", region: "eu-west-1" } }, "eu-west-1"],
    [{ aws: { service: "ParameterStore", region: "eu-west-1" } }, undefined],
    [{ vault: {} }, undefined],
  ])("%j", async (provider, awsRegion) => {
    const memory = memoryCluster("eu");
    memory.store({ apiVersion, kind: "SecretStore", metadata: { name: "s", namespace: "shop" }, spec: { provider } });
    const externalSecrets = createExternalSecrets(memory.cluster, virtualClock());
    const store = { kind: "SecretStore", name: "s" } as const;
    expect(await externalSecrets.awsRegionOf({ namespace: "shop", store }, signal)).toBe(awsRegion);
  });

  it("is not asked for where External Secrets is not installed", async () => {
    const memory = memoryCluster("eu");
    memory.unserved.add("ExternalSecret");
    expect(await createExternalSecrets(memory.cluster, virtualClock()).list(undefined, signal)).toEqual([]);
  });
});
