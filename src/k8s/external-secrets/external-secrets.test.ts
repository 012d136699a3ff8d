import { describe, expect, it } from "vitest";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { virtualClock } from "../../../test/support/virtual-clock.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
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
  it("An ExternalSecret contains its sources and its Kubernetes Secret", () => {
    const status = {
      refreshTime: "2026-01-02T03:00:00Z",
      syncedResourceVersion: "1-abc",
      conditions: [{ type: "Ready", status: "True" }],
    };
    expect(toExternalSecret(object({ target: { name: "db-login" }, refreshInterval: "1h0m0s" }, status))).toEqual({
      namespace: "shop",
      name: "db",
      secret: "db-login",
      sources: [
        {
          as: "key",
          store: { kind: "ClusterSecretStore", name: "aws" },
          secretKey: "PASSWORD",
          ref: { key: "acme/db", property: "password", ofTags: false, decoding: "None" },
        },
      ],
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
    ["has an interval of 0h0m0s", { refreshInterval: "0h0m0s" }, "refreshInterval is 0"],
    ["has an interval of half a second", { refreshInterval: "0.5s" }, undefined],
    ["has an interval below 0", { refreshInterval: "-1h" }, "refreshInterval is 0"],
  ])("An ExternalSecret that %s can or cannot be refreshed", (_what, spec, why) => {
    const { blockedReason = "it can be refreshed" } = toExternalSecret(object(spec));
    expect(blockedReason).toContain(why ?? "it can be refreshed");
  });

  it("dataFrom is read before data, and each source from its own store or the ExternalSecret's", () => {
    const storeRef = { kind: "SecretStore", name: "own" } as const;
    const { sources } = toExternalSecret(
      object({
        secretStoreRef: undefined,
        data: [{ secretKey: "a", remoteRef: { key: "k", decodingStrategy: "Auto" }, sourceRef: { storeRef } }],
        dataFrom: [
          { find: { name: { regexp: "^k$" } }, rewrite: [{ regexp: { source: "k", target: "a" } }, { merge: {} }] },
          { extract: { key: "k", metadataPolicy: "Fetch", conversionStrategy: "Unicode" }, sourceRef: { storeRef } },
          { sourceRef: { generatorRef: { kind: "Password", name: "p" } } },
        ],
      }),
    );
    const ref = { key: "k", decoding: "None" };
    expect(sources).toEqual([
      {
        as: "find",
        name: "^k$",
        tags: {},
        decoding: "None",
        conversion: "Default",
        rewrites: [{ as: "regexp", source: "k", target: "a" }, { as: "merge" }],
      },
      { as: "extract", store: storeRef, ref: { ...ref, ofTags: true }, conversion: "Unicode", rewrites: [] },
      { as: "generator" },
      { as: "key", store: storeRef, secretKey: "a", ref: { ...ref, ofTags: false, decoding: "Auto" } },
    ]);
  });

  it.each([
    ["makes a key", { data: { url: "x" } }, { keys: ["url"], merged: false }],
    ["comes from a ConfigMap", { templateFrom: [{ configMap: {} }] }, { keys: [], merged: false }],
    ["adds a key", { mergePolicy: "Merge", data: { url: "x" } }, { keys: ["url"], merged: true }],
    ["changes labels alone", { metadata: { labels: { a: "b" } } }, undefined],
  ])("An ExternalSecret has a template that %s", (_what, template, expected) => {
    expect(toExternalSecret(object({ target: { template } })).template).toEqual(expected);
  });

  it("An ExternalSecret of a ClusterExternalSecret names it", () => {
    const owned = object({});
    const metadata = { ...owned.metadata, ownerReferences: [{ kind: "ClusterExternalSecret", name: "all" }] };
    expect(toExternalSecret({ ...owned, metadata }).madeBy).toBe("all");
  });
});

describe("a forced sync", () => {
  const ready = { conditions: [{ type: "Ready", status: "True" }], syncedResourceVersion: "1-old" };
  const waiting = { patienceMs: 60_000, report: () => undefined };

  async function trial(status: object = ready) {
    const memory = memoryCluster("eu");
    memory.store(object({}, status));
    const externalSecrets = createExternalSecrets(memory.cluster, virtualClock());
    const [external] = (await externalSecrets.list("shop", signal)) as [ExternalSecret];
    const say = (next: object): KubeObject => memory.store(object({}, next));
    return { memory, externalSecrets, external, say };
  }

  it("A forced sync changes an annotation, and ends when External Secrets has synced and is ready", async () => {
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

  it("A failed sync is reported with External Secrets' message, or as not reconciled", async () => {
    const silent = await trial();
    await expect(silent.externalSecrets.untilSynced(silent.external, waiting, signal)).rejects.toMatchObject({
      code: "SECRET_NOT_SYNCED",
      exit: 6,
      message: expect.stringContaining("Is its operator running?"),
      next: expect.arrayContaining([expect.stringMatching(/^kubectl --context eu -n shop describe /)]),
    });
    const failing = await trial();
    const late = failing.externalSecrets.untilSynced(failing.external, waiting, signal);
    failing.say({ ...ready, conditions: [{ type: "Ready", status: "False", message: "AccessDeniedException" }] });
    await expect(late).rejects.toThrow("AccessDeniedException (after 1m00s)");
  });

  it("A forced sync fails immediately if the ExternalSecret is deleted", async () => {
    const { memory, externalSecrets, external } = await trial();
    const gone = externalSecrets.untilSynced(external, waiting, signal);
    await memory.cluster.delete({ apiVersion, kind: "ExternalSecret", namespace: "shop", name: "db" }, signal);
    await expect(gone).rejects.toThrow("it was deleted");
  });
});

describe("other objects of External Secrets", () => {
  const aws = { service: "SecretsManager", region: "eu-west-1" };
  const found = { as: "aws", service: "SecretsManager", awsRegion: "eu-west-1", prefix: "", account: "own" };
  it.each([
    ["of AWS", { aws }, found],
    ["with a prefix", { aws: { ...aws, prefix: "acme/pay/" } }, { ...found, prefix: "acme/pay/" }],
    [
      "with a role",
      { aws: { ...aws, role: "arn:aws:iam::999988887777:role/r", auth: { jwt: {} } } },
      { ...found, account: { id: "999988887777" } },
    ],
    ["with keys", { aws: { ...aws, auth: { secretRef: {} } } }, { ...found, account: undefined }],
    ["of parameters", { aws: { ...aws, service: "ParameterStore" } }, { ...found, service: "ParameterStore" }],
    ["of a namespace", { kubernetes: { remoteNamespace: "shop" } }, { as: "kubernetes", namespace: "shop" }],
    ["of another provider", { vault: {} }, { as: "other" }],
  ])("A store %s is read", async (_what, provider, expected) => {
    const memory = memoryCluster("eu");
    memory.store({ apiVersion, kind: "SecretStore", metadata: { name: "s", namespace: "shop" }, spec: { provider } });
    const externalSecrets = createExternalSecrets(memory.cluster, virtualClock());
    const stores = await externalSecrets.stores(signal);
    expect(stores).toEqual([{ kind: "SecretStore", name: "s", namespace: "shop", provider: expected }]);
  });

  it("A PushSecret contains what it reads and writes", async () => {
    const memory = memoryCluster("eu");
    memory.store({
      apiVersion: "external-secrets.io/v1alpha1",
      kind: "PushSecret",
      metadata: { name: "p", namespace: "shop" },
      spec: {
        secretStoreRefs: [{ name: "aws", kind: "ClusterSecretStore" }, { labelSelector: {} }],
        selector: { secret: { name: "db" } },
        data: [{ match: { secretKey: "a", remoteRef: { remoteKey: "acme/db" } } }],
      },
    });
    expect(await createExternalSecrets(memory.cluster, virtualClock()).pushes(signal)).toEqual([
      {
        namespace: "shop",
        name: "p",
        secret: "db",
        stores: [{ kind: "ClusterSecretStore", name: "aws" }],
        everyStore: true,
        keys: ["acme/db"],
        replaces: true,
      },
    ]);
  });

  it("Nothing is requested if External Secrets is not installed", async () => {
    const memory = memoryCluster("eu");
    for (const kind of ["ExternalSecret", "SecretStore", "ClusterSecretStore", "PushSecret"]) memory.unserved.add(kind);
    const none = createExternalSecrets(memory.cluster, virtualClock());
    const all = [await none.list(undefined, signal), await none.stores(signal), await none.pushes(signal)];
    expect(all).toEqual([[], [], []]);
  });

  it("The values of a Kubernetes Secret are returned byte for byte", async () => {
    const memory = memoryCluster("eu");
    const bytes = Buffer.from([0xff, 0, 0xfe, 10]);
    const data = { "store.p12": bytes.toString("base64") };
    memory.store({ apiVersion: "v1", kind: "Secret", metadata: { name: "db", namespace: "shop" }, data });
    const secret = await createExternalSecrets(memory.cluster, virtualClock()).secret("shop", "db", signal);
    expect(secret?.data.get("store.p12")?.revealBytes()).toEqual(bytes);
  });
});
