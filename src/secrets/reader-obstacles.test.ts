import { describe, expect, it } from "vitest";
import { kubeSecretOf, one, payloadOf, readerOf } from "../../test/support/external-reader.ts";
import type { ExternalSecret, ExternalSecrets, KubeSecret } from "../k8s/external-secrets/port.ts";
import type { Consumer, SecretPod, Workloads } from "../k8s/workloads/port.ts";
import { deliveryObstacles } from "./delivery.ts";
import { concerned, readerObstacles, type ProbedValues } from "./reader-obstacles.ts";
import type { Reader } from "./readers.ts";

const { signal } = new AbortController();
const subject: ProbedValues = {
  current: payloadOf('{"a":"today","b":"x"}'),
  previous: payloadOf('{"a":"yesterday","b":"x"}'),
  probe: payloadOf('{"a":"a probe","b":"x"}'),
};
const world = { fingerprintKey: "key" };
const consumer: Consumer = {
  kind: "Deployment",
  namespace: "shop",
  name: "orders",
  uses: [{ container: "app", as: "variable", at: "A", key: "a" }],
  annotations: {},
  selector: "app=orders",
};
const pod = { namespace: "shop", name: "orders-1", annotations: {}, ready: true, createdAt: 0 };

interface More {
  readonly external?: Partial<ExternalSecret>;
  readonly reader?: Partial<Reader>;
  readonly pods?: readonly (typeof pod)[];
  readonly users?: readonly SecretPod[];
  /** What the pods hold. */
  readonly held?: KubeSecret;
}

function readerWith(spec: object, data: Readonly<Record<string, string>>, more: More = {}): Reader {
  const source = readerOf(spec);
  const secret = kubeSecretOf(data);
  const externalSecrets: Partial<ExternalSecrets> = { secret: async () => secret };
  const workloads: Partial<Workloads> = {
    pods: async () => more.pods ?? [],
    users: async () => more.users ?? [],
    fingerprints: async (_pod, { values }, key) =>
      values.map(({ at }) => (more.held ?? secret).data.get(at.toLowerCase())?.fingerprint(key)),
  };
  const site = { name: "eu", kubectl: "kubectl --context eu", externalSecrets, workloads } as unknown as Reader["site"];
  const external = { ...source.external, ready: true, ...more.external };
  return { ...source, external, site, kubeSecret: "db", consumers: [consumer], ...more.reader };
}

const a = { data: [one({ property: "a" }, "a")] };
const template = { ...a, target: { template: { data: { url: "x" } } } };

describe("what stops a new value on its way", () => {
  it.each<[string, Reader, string[]]>([
    ["nothing", readerWith(a, { a: "today" }), []],
    ["no Secret that has not followed yet", readerWith(a, { a: "yesterday" }), []],
    [
      "a Secret with another value",
      readerWith(a, { a: "?" }),
      ["Secret db holds neither the current value nor the previous one"],
    ],
    ["no template that shows the value", readerWith(template, { url: "x://today@" }), []],
    [
      "a template that hashes it",
      readerWith(template, { hash: "8f14e45f" }),
      ["a template transforms the value beyond recognition"],
    ],
    [
      "a path that is not followed",
      readerWith({ data: [one({ property: "a*" })] }, {}),
      ["cannot follow the property a*"],
    ],
    ["what External Secrets would refuse", readerWith({ data: [one({ property: "c" })] }, {}), ["no property c"]],
    [
      "an ExternalSecret that is never synced again",
      readerWith(a, {}, { external: { blockedReason: "its refreshInterval is 0" } }),
      ["refreshInterval is 0"],
    ],
    [
      "one that is not ready",
      readerWith(a, {}, { external: { ready: false, reason: "Denied" } }),
      ["it is not ready: Denied"],
    ],
    ["one that is pinned", readerWith(a, {}, { reader: { pinned: "AWSPREVIOUS" } }), ["reads the version AWSPREVIOUS"]],
    ["one that may read it", readerWith(a, {}, { reader: { doubt: "its find" } }), ["it may read the secret: its find"]],
    [
      "a workload that a restart does not replace",
      readerWith(
        a,
        { a: "today" },
        { reader: { consumers: [{ ...consumer, blockedReason: "its rollout is paused" }] } },
      ),
      ["its rollout is paused"],
    ],
    [
      "a pod of a Job",
      readerWith(a, { a: "today" }, { users: [{ ...pod, name: "j", uses: [], owner: "Job nightly" }] }),
      ["restarting workloads does not replace it"],
    ],
    ["no pod of a workload", readerWith(a, { a: "today" }, { pods: [pod], users: [{ ...pod, uses: [] }] }), []],
    [
      "no older pod with another value",
      readerWith(a, { a: "today" }, { pods: [{ ...pod, createdAt: -1 }], held: kubeSecretOf({ a: "?" }) }),
      [],
    ],
    [
      "a younger pod with another value than its Secret",
      readerWith(a, { a: "today" }, { pods: [{ ...pod, createdAt: 600_000 }], held: kubeSecretOf({ a: "?" }) }),
      ["orders-1 is newer than its Secret but holds a different value"],
    ],
  ])("is %s", async (_what, reader, expected) => {
    const found = await readerObstacles([reader], subject, world, signal);
    expect(found.map(({ summary }) => summary)).toEqual(expected.map((words) => expect.stringContaining(words)));
    for (const { fix } of found) expect(fix ?? "kubectl --context eu").toContain("kubectl --context eu");
  });

  it("is edited where it comes from", async () => {
    const owned = readerWith(a, {}, { external: { blockedReason: "CreatedOnce", madeBy: "everywhere" } });
    const [found] = await readerObstacles([owned], subject, world, signal);
    expect(found?.fix).toBe("kubectl --context eu edit clusterexternalsecret everywhere");
  });

  it("is looked for in those alone that read the key, or of which it cannot be told", async () => {
    const readers = [
      readerWith(a, {}),
      readerWith({ data: [one({ property: "b" })] }, {}),
      readerWith({ data: [one({ property: "b*" })] }, {}),
      readerWith({ data: [one({ property: "b" })] }, {}, { reader: { doubt: "its find" } }),
    ];
    expect(await concerned(readers, subject)).toEqual([readers[0], readers[2], readers[3]]);
  });
});

describe("a new value does not come through", () => {
  const text = (value: string) => payloadOf(JSON.stringify({ a: value, b: "x" }));
  const auto = { data: [one({ property: "a", decodingStrategy: "Auto" }, "a")] };
  const base64 = { data: [one({ property: "a", decodingStrategy: "Base64" }, "a")] };
  it.each([
    ["to none that takes it as it is", a, "today", "tomorrow", []],
    ["to Auto, where it is base64 and the old is not", auto, "seed-with-dashes!!", "A".repeat(32), ["Auto"]],
    ["to Auto, where the old is base64 and it is not", auto, "c2VlZA==", "no base64!", ["Auto"]],
    ["to none with Auto, where neither is base64", auto, "seed-with-dashes!!", "A".repeat(33), []],
    ["to Base64, where it is none", base64, "c2VlZA==", "no base64!", ["Base64 cannot decode it"]],
    ["to none with Base64, where it is", base64, "c2VlZA==", "bmV3ZXI=", []],
    ["to a variable, with NUL in it", a, "today", "a\u0000b", ["in an environment variable, which cannot hold it"]],
    [
      "to a variable, as bytes that are no text",
      base64,
      "c2VlZA==",
      "/////w==",
      ["in an environment variable, which cannot hold it"],
    ],
    ["to a template that shows it already", template, "today", "postgres", ["its Secret already contains the new value"]],
    ["to none with a template", template, "today", "tomorrow", []],
  ])("%s", async (_what, spec, before, after, expected) => {
    const reader = readerWith(spec, { a: before, url: `postgres://${before}@db` });
    const found = await deliveryObstacles([reader], text(before), text(after), signal);
    expect(found.map(({ summary }) => summary)).toEqual(expected.map((words) => expect.stringContaining(words)));
  });
});
