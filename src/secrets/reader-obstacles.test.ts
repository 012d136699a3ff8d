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
  /** The content of the pods' Secret. */
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

describe("the obstacles of a reader", () => {
  it.each<[string, Reader, string[]]>([
    ["nothing", readerWith(a, { a: "today" }), []],
    ["nothing for a Secret that is still out of date", readerWith(a, { a: "yesterday" }), []],
    [
      "a Secret with another value",
      readerWith(a, { a: "?" }),
      ["Secret db holds neither the current value nor the previous one"],
    ],
    ["nothing for a template that shows the value", readerWith(template, { url: "x://today@" }), []],
    [
      "a template that hashes it",
      readerWith(template, { hash: "8f14e45f" }),
      ["a template transforms the value beyond recognition"],
    ],
    [
      "a path that is not supported",
      readerWith({ data: [one({ property: "a*" })] }, {}),
      ["cannot follow the property a*"],
    ],
    [
      "a property that External Secrets would reject",
      readerWith({ data: [one({ property: "c" })] }, {}),
      ["no property c"],
    ],
    [
      "an ExternalSecret that is never synced again",
      readerWith(a, {}, { external: { blockedReason: "its refreshInterval is 0" } }),
      ["refreshInterval is 0"],
    ],
    [
      "an ExternalSecret that is not ready",
      readerWith(a, {}, { external: { ready: false, reason: "Denied" } }),
      ["it is not ready: Denied"],
    ],
    [
      "an ExternalSecret with a pinned version",
      readerWith(a, {}, { reader: { pinned: "AWSPREVIOUS" } }),
      ["reads the version AWSPREVIOUS"],
    ],
    [
      "an ExternalSecret that may read the secret",
      readerWith(a, {}, { reader: { doubt: "its find" } }),
      ["it may read the secret: its find"],
    ],
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
    [
      "nothing for a pod of a workload",
      readerWith(a, { a: "today" }, { pods: [pod], users: [{ ...pod, uses: [] }] }),
      [],
    ],
    [
      "nothing for an older pod with a different value",
      readerWith(a, { a: "today" }, { pods: [{ ...pod, createdAt: -1 }], held: kubeSecretOf({ a: "?" }) }),
      [],
    ],
    [
      "a newer pod whose value differs from its Secret",
      readerWith(a, { a: "today" }, { pods: [{ ...pod, createdAt: 600_000 }], held: kubeSecretOf({ a: "?" }) }),
      ["orders-1 is newer than its Secret but holds a different value"],
    ],
  ])("What would stop a new value is found: %s", async (_what, reader, expected) => {
    const found = await readerObstacles([reader], subject, world, signal);
    expect(found.map(({ summary }) => summary)).toEqual(expected.map((words) => expect.stringContaining(words)));
    const elsewhere = found.filter(({ fix }) => fix !== undefined && !fix.includes("kubectl --context eu"));
    expect(elsewhere).toEqual([]);
  });

  it("The suggested command edits the object that creates the ExternalSecret", async () => {
    const owned = readerWith(a, {}, { external: { blockedReason: "CreatedOnce", madeBy: "everywhere" } });
    const [found] = await readerObstacles([owned], subject, world, signal);
    expect(found?.fix).toBe("kubectl --context eu edit clusterexternalsecret everywhere");
  });

  it("Obstacles are searched only in readers that use the key, or may use it", async () => {
    const readers = [
      readerWith(a, {}),
      readerWith({ data: [one({ property: "b" })] }, {}),
      readerWith({ data: [one({ property: "b*" })] }, {}),
      readerWith({ data: [one({ property: "b" })] }, {}, { reader: { doubt: "its find" } }),
    ];
    expect(await concerned(readers, subject)).toEqual([readers[0], readers[2], readers[3]]);
  });
});

describe("the delivery of a new value", () => {
  const text = (value: string) => payloadOf(JSON.stringify({ a: value, b: "x" }));
  const auto = { data: [one({ property: "a", decodingStrategy: "Auto" }, "a")] };
  const base64 = { data: [one({ property: "a", decodingStrategy: "Base64" }, "a")] };
  it.each([
    ["any value is unchanged without a decodingStrategy", a, "today", "tomorrow", []],
    ["Auto would decode the new value, but not the old one", auto, "seed-with-dashes!!", "A".repeat(32), ["Auto"]],
    ["Auto decodes the old value, but not the new one", auto, "c2VlZA==", "no base64!", ["Auto"]],
    ["Auto decodes neither value", auto, "seed-with-dashes!!", "A".repeat(33), []],
    ["Base64 cannot decode the new value", base64, "c2VlZA==", "no base64!", ["Base64 cannot decode it"]],
    ["Base64 decodes the new value", base64, "c2VlZA==", "bmV3ZXI=", []],
    ["a variable cannot hold NUL", a, "today", "a\u0000b", ["in an environment variable, which cannot hold it"]],
    [
      "a variable cannot hold bytes that are not text",
      base64,
      "c2VlZA==",
      "/////w==",
      ["in an environment variable, which cannot hold it"],
    ],
    [
      "a template already shows the value",
      template,
      "today",
      "postgres",
      ["its Secret already contains the new value"],
    ],
    ["a template does not show the value yet", template, "today", "tomorrow", []],
  ])("A new value is checked before its delivery: %s", async (_what, spec, before, after, expected) => {
    const reader = readerWith(spec, { a: before, url: `postgres://${before}@db` });
    const found = await deliveryObstacles([reader], text(before), text(after), signal);
    expect(found.map(({ summary }) => summary)).toEqual(expected.map((words) => expect.stringContaining(words)));
  });
});
