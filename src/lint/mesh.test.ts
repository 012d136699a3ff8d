import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const ids = (files: Record<string, string>): string[] => told(lintFiles(files, { only: ["mtls", "mesh"] }));

describe("mTLS of those who are called", () => {
  const peer = (namespace: string, spec: string): string => `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: ${namespace} }
spec: ${spec}
`;

  it.each([
    ["istio-system", "{ mtls: { mode: PERMISSIVE } }", "mTLS is PERMISSIVE for the whole mesh"],
    ["istio-system", "{}", "mTLS is PERMISSIVE, the default, for the whole mesh"],
    ["shop", "{ mtls: { mode: DISABLE } }", "mTLS is DISABLE for its namespace"],
    [
      "shop",
      "{ selector: { matchLabels: { app: a } }, mtls: { mode: PERMISSIVE } }",
      "mTLS is PERMISSIVE for its workload",
    ],
    [
      "shop",
      "{ selector: { matchLabels: { app: a } }, mtls: { mode: STRICT }, portLevelMtls: { 8080: { mode: DISABLE } } }",
      "mTLS is DISABLE for port 8080 of its workload",
    ],
  ])("in %s: %s", (namespace, spec, summary) => {
    expect(ids({ "a.yaml": peer(namespace, spec) })).toEqual([`a.yaml:4 fail mtls/strict: ${summary}`]);
  });

  it("is well where it is STRICT, or takes over what holds above", () => {
    expect(ids({ "a.yaml": peer("istio-system", "{ mtls: { mode: STRICT } }") })).toEqual([]);
    expect(ids({ "a.yaml": peer("shop", "{ mtls: { mode: UNSET } }") })).toEqual([]);
  });
});

describe("ports that are kept from the proxy", () => {
  const deployment = (annotations: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec: { template: { metadata: { annotations: ${annotations} } } }
`;

  it("are named, and the proxy's own are none", () => {
    expect(ids({ "a.yaml": deployment('{ traffic.sidecar.istio.io/excludeInboundPorts: "15020,9000" }') })).toEqual([
      "a.yaml:4 fail mtls/proxied: connections to port 9000 do not go through the proxy",
    ]);
    expect(ids({ "a.yaml": deployment("{ traffic.sidecar.istio.io/includeInboundPorts: 8000 }") })).toEqual([
      "a.yaml:4 fail mtls/proxied: connections to all ports but 8000 do not go through the proxy",
    ]);
    expect(ids({ "a.yaml": deployment('{ traffic.sidecar.istio.io/excludeInboundPorts: "15020" }') })).toEqual([]);
    expect(ids({ "a.yaml": deployment("{}") })).toEqual([]);
  });
});

const rule = (name: string, namespace: string, spec: string): string => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;

describe("mTLS of those who call", () => {
  const to = (host: string, mode: string): string =>
    rule("a", "shop", `{ host: "${host}", trafficPolicy: { tls: { mode: ${mode} } } }`);

  it("is left by DISABLE and SIMPLE, for all traffic, a port or a subset", () => {
    expect(ids({ "a.yaml": to("payments", "DISABLE") })).toEqual([
      "a.yaml:4 fail mtls/client: callers of payments use tls mode DISABLE, not the mesh's mTLS",
    ]);
    const port = "trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: SIMPLE } }] }";
    expect(ids({ "a.yaml": rule("a", "shop", `{ host: b.c.svc.cluster.local, ${port} }`) })[0]).toContain("(port 443)");
    const subset = "subsets: [{ name: v1, trafficPolicy: { tls: { mode: DISABLE } } }]";
    expect(ids({ "a.yaml": rule("a", "shop", `{ host: payments, ${subset} }`) })[0]).toContain("(subset v1)");
  });

  it("is not asked for outside the mesh, nor of control planes, which serve TLS of their own", () => {
    for (const host of [
      "www.googleapis.com",
      "kubernetes.default.svc.cluster.local",
      "istiod.istio-system.svc.cluster.local",
    ]) {
      expect(ids({ "a.yaml": to(host, "SIMPLE") })).toEqual([]);
    }
    const external =
      "apiVersion: v1\nkind: Service\nmetadata: { name: db, namespace: shop }\nspec: { type: ExternalName, externalName: db.example.com }\n";
    expect(ids({ "a.yaml": to("db", "SIMPLE") })).toHaveLength(1);
    expect(ids({ "a.yaml": to("db", "SIMPLE"), "b.yaml": external })).toEqual([]);
  });
});

describe("two DestinationRules for one host", () => {
  const file = (...rules: string[]): Record<string, string> => ({ "a.yaml": rules.join("---\n") });

  it("collide in one namespace, also where one host is short", () => {
    expect(
      ids(file(rule("one", "shop", "{ host: b }"), rule("two", "shop", "{ host: b.shop.svc.cluster.local }"))),
    ).toEqual(["a.yaml:9 fail mesh/one-rule: b.shop.svc.cluster.local has a rule already: one (a.yaml:4)"]);
  });

  it.each([
    ["different namespaces", rule("two", "ops", "{ host: b.shop.svc.cluster.local }")],
    ["one object, declared twice", rule("one", "shop", "{ host: b }")],
    ["different workloads", rule("two", "shop", "{ host: b, workloadSelector: { matchLabels: { app: c } } }")],
    ["another host", rule("two", "shop", "{ host: c }")],
  ])("do not: %s", (_, other) => {
    expect(ids(file(rule("one", "shop", "{ host: b }"), other))).toEqual([]);
  });

  it("do not where no namespace sees both", () => {
    const [one, two] = [
      rule("one", "shop", '{ host: b, exportTo: ["."] }'),
      rule("two", "shop", "{ host: b, exportTo: [ops] }"),
    ];
    expect(ids(file(one, two))).toEqual([]);
    expect(ids(file(one, two.replace("[ops]", '["*"]')))).toHaveLength(1);
  });
});
