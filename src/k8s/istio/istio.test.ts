import { describe, expect, it } from "vitest";
import type { KubeObject, ObjectMeta } from "../port.ts";
import { wantsSidecar } from "./injection.ts";
import { bypassOf } from "../../istio/proxy-bypass.ts";
import { mtlsOf, type PeerAuthentication } from "./peer-authentication.ts";
import { proxiesIn } from "./syncz.ts";

const pod = (namespace: string, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", namespace, labels },
});

describe("who gets a sidecar", () => {
  const enabled = { "istio-injection": "enabled" };
  const revision = { "istio.io/rev": "stable" };
  const asks = { "sidecar.istio.io/inject": "true" };
  const refuses = { "sidecar.istio.io/inject": "false" };
  const byNamespace = "namespace shop";

  it.each<[string, Record<string, string>, Partial<ObjectMeta>, string | undefined]>([
    ["nobody asks", {}, {}, undefined],
    ["the namespace enables it", enabled, {}, byNamespace],
    ["the namespace has a revision", revision, {}, byNamespace],
    ["the pod refuses by label", enabled, { labels: refuses }, undefined],
    ["the pod refuses by annotation", revision, { annotations: refuses }, undefined],
    ["a label overrules an annotation", enabled, { labels: asks, annotations: refuses }, byNamespace],
    [
      "the namespace disables it, whatever the pod asks",
      { "istio-injection": "disabled" },
      { labels: asks },
      undefined,
    ],
    ["disabled overrules a revision", { ...revision, "istio-injection": "disabled" }, {}, undefined],
    ["the pod asks", {}, { labels: asks }, "its label sidecar.istio.io/inject"],
    ["the pod has a revision", {}, { labels: revision }, "its label istio.io/rev"],
  ])("%s", (_title, namespaceLabels, fields, expected) => {
    const metadata = { name: "a", ...fields };
    const namespace = { name: "shop", labels: namespaceLabels };
    expect(wantsSidecar({ metadata, hostNetwork: false }, namespace)).toBe(expected);
    expect(wantsSidecar({ metadata, hostNetwork: true }, namespace)).toBeUndefined();
    expect(wantsSidecar({ metadata, hostNetwork: false }, { ...namespace, name: "kube-system" })).toBeUndefined();
  });
});

describe("how a workload takes connections", () => {
  const policy = (
    namespace: string,
    name: string,
    spec: PeerAuthentication["spec"],
    creationTimestamp = "2026-01-01T00:00:00Z",
  ): PeerAuthentication => ({
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    metadata: { name, namespace, creationTimestamp },
    ...(spec === undefined ? {} : { spec }),
  });
  const strict = { mtls: { mode: "STRICT" } } as const;
  const permissive = { mtls: { mode: "PERMISSIVE" } } as const;
  const unset = { mtls: { mode: "UNSET" } } as const;
  const selector = { matchLabels: { app: "orders" } };
  const orders = pod("shop", { app: "orders" });

  it("is PERMISSIVE where nothing is said", () => {
    expect(mtlsOf([], orders)).toEqual({ mode: "PERMISSIVE", from: "Istio's default", ports: {} });
  });

  it("follows the workload's policy, else the namespace's, else the mesh's", () => {
    const mesh = policy("istio-system", "default", strict);
    const namespace = policy("shop", "default", permissive);
    const workload = policy("shop", "orders", { selector, mtls: { mode: "DISABLE" } });
    const other = policy("shop", "other", { selector: { matchLabels: { app: "other" } }, ...strict });
    expect(mtlsOf([mesh], orders)).toMatchObject({ mode: "STRICT", from: "PeerAuthentication istio-system/default" });
    expect(mtlsOf([mesh, namespace, other], orders)).toMatchObject({ mode: "PERMISSIVE" });
    expect(mtlsOf([workload, namespace, mesh], orders)).toMatchObject({ mode: "DISABLE" });
    expect(mtlsOf([workload, namespace, mesh], pod("elsewhere", { app: "orders" }))).toMatchObject({ mode: "STRICT" });
  });

  it("takes over what holds above where a mode is not set", () => {
    const policies = [
      policy("istio-system", "default", strict),
      policy("shop", "default", unset),
      policy("shop", "orders", { selector }),
    ];
    expect(mtlsOf(policies, orders)).toMatchObject({ mode: "STRICT", from: "PeerAuthentication istio-system/default" });
  });

  it("is as the oldest of several policies says", () => {
    const older = policy("shop", "b", permissive, "2025-01-01T00:00:00Z");
    expect(mtlsOf([policy("shop", "a", strict), older], orders)).toMatchObject({ from: "PeerAuthentication shop/b" });
  });

  it("takes ports of the workload's own policy, and no selector of the root namespace", () => {
    const portLevelMtls = { "9090": { mode: "PERMISSIVE" }, "8080": {} } as const;
    const own = policy("shop", "orders", { selector, ...strict, portLevelMtls });
    expect(mtlsOf([policy("istio-system", "default", strict), own], orders)).toEqual({
      mode: "STRICT",
      from: "PeerAuthentication shop/orders",
      ports: { "9090": "PERMISSIVE", "8080": "STRICT" },
      portsFrom: "PeerAuthentication shop/orders",
    });
    const root = policy("istio-system", "orders", { selector, ...permissive });
    expect(mtlsOf([policy("istio-system", "default", strict), root], orders)).toMatchObject({ mode: "STRICT" });
    expect(mtlsOf([policy("shop", "default", { ...strict, portLevelMtls })], orders).ports).toEqual({});
  });
});

describe("ports that do not go through the proxy", () => {
  const traffic = "traffic.sidecar.istio.io";

  it.each<[string, Record<string, string>, string | undefined]>([
    ["none by default", {}, undefined],
    ["none where all are named", { [`${traffic}/includeInboundPorts`]: "*" }, undefined],
    ["not the proxy's own", { [`${traffic}/excludeInboundPorts`]: "15020, 15021,15090" }, undefined],
    ["those left out", { [`${traffic}/excludeInboundPorts`]: "9000,15020,9001" }, "ports 9000, 9001"],
    ["all but those taken in", { [`${traffic}/includeInboundPorts`]: "8000" }, "all ports but 8000"],
    ["all where none is taken in", { [`${traffic}/includeInboundPorts`]: "" }, "all ports"],
  ])("%s", (_title, annotations, expected) => {
    expect(bypassOf(annotations)).toBe(expected);
  });
});

describe("what istiod says of its proxies", () => {
  const now = Date.parse("2026-01-02T03:04:05Z");
  const cluster = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  const status = (resource: object) => [
    { proxy: "orders-7d9.x.shop", istio_version: "1.31.0", resources: { [cluster]: resource } },
  ];
  const read = (resource: object) => proxiesIn(JSON.stringify(status(resource)), now)[0]?.resources[0];

  it("names the pod by all before the last dot", () => {
    expect(proxiesIn(JSON.stringify(status({})), now)).toMatchObject([
      { namespace: "shop", name: "orders-7d9.x", version: "1.31.0" },
    ]);
  });

  it("is acknowledged, unacknowledged, refused in Envoy's words, or not sent, with an age by istiod's clock", () => {
    const sentTime = "2026-01-02T03:03:05Z";
    expect(read({ sent: "a", acked: "a", sentTime })).toEqual({
      type: "clusters",
      state: "acknowledged",
      ageMs: 60_000,
    });
    expect(read({ sent: "b", acked: "a", sentTime })).toMatchObject({ state: "unacknowledged" });
    expect(read({ sent: "b", acked: "a", sentTime, lastError: "no such filter" })).toMatchObject({
      state: "refused",
      error: "no such filter",
    });
    expect(read({ sentTime: "0001-01-01T00:00:00Z" })).toEqual({ type: "clusters", state: "not-sent" });
  });

  it("is no answer where it is something else", () => {
    expect(() => proxiesIn("{}", now)).toThrow(SyntaxError);
    expect(() => proxiesIn("<html>", now)).toThrow(SyntaxError);
  });
});
