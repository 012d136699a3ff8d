import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const ids = (files: Record<string, string>): string[] => told(lintFiles(files, { only: ["mtls", "mesh"] }));

describe("mTLS of callees", () => {
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
  ])("mTLS of callees in %s: %s", (namespace, spec, summary) => {
    expect(ids({ "a.yaml": peer(namespace, spec) })).toEqual([`a.yaml:4 fail mtls/strict: ${summary}`]);
  });

  it("mTLS of callees applies to the whole mesh in MeshConfig's root namespace", () => {
    const mesh =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata: { mesh: 'rootNamespace: mesh-config' }\n";
    expect(ids({ "a.yaml": peer("mesh-config", "{}"), "mesh.yaml": mesh })).toEqual([
      "a.yaml:4 fail mtls/strict: mTLS is PERMISSIVE, the default, for the whole mesh",
    ]);
    expect(ids({ "a.yaml": peer("istio-system", "{}"), "mesh.yaml": mesh })).toEqual([]);
  });

  it("mTLS of callees passes if it is STRICT, or inherits from the level above", () => {
    expect(ids({ "a.yaml": peer("istio-system", "{ mtls: { mode: STRICT } }") })).toEqual([]);
    expect(ids({ "a.yaml": peer("shop", "{ mtls: { mode: UNSET } }") })).toEqual([]);
  });
});

describe("ports that bypass the proxy", () => {
  const deployment = (annotations: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec: { template: { metadata: { annotations: ${annotations} } } }
`;

  it("Ports that bypass the proxy are named, except the proxy's own", () => {
    expect(ids({ "a.yaml": deployment('{ traffic.sidecar.istio.io/excludeInboundPorts: "15020,9000" }') })).toEqual([
      "a.yaml:4 fail mtls/proxied: connections to port 9000 bypass the proxy",
    ]);
    expect(ids({ "a.yaml": deployment("{ traffic.sidecar.istio.io/includeInboundPorts: 8000 }") })).toEqual([
      "a.yaml:4 fail mtls/proxied: connections to all ports except 8000 bypass the proxy",
    ]);
    expect(ids({ "a.yaml": deployment('{ traffic.sidecar.istio.io/excludeInboundPorts: "15020" }') })).toEqual([]);
    expect(ids({ "a.yaml": deployment("{}") })).toEqual([]);
  });

  it("Ports that bypass the proxy are a warning if the API server calls them, because it has no sidecar", () => {
    const excluded = (ports: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: hooks, namespace: shop }
spec:
  template:
    metadata: { labels: { app: hooks }, annotations: { traffic.sidecar.istio.io/excludeInboundPorts: "${ports}" } }
    spec: { containers: [{ name: app, ports: [{ containerPort: 9443, name: webhook }] }] }
`;
    const behind = `---\napiVersion: v1\nkind: Service\nmetadata: { name: hooks, namespace: shop }\nspec: { selector: { app: hooks }, ports: [{ port: 443, targetPort: webhook }] }\n`;
    const webhook = (name: string): string =>
      `---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: { name: a }\nwebhooks: [{ clientConfig: { service: { name: ${name}, namespace: shop } } }]\n`;
    const called =
      "a.yaml:6 warn mtls/proxied: connections to port 9443 bypass the proxy; the API server calls it (validatingwebhookconfiguration a), which has no sidecar";
    const open = (ports: string): string => `a.yaml:6 fail mtls/proxied: connections to ${ports} bypass the proxy`;
    expect(ids({ "a.yaml": excluded("9443") + behind + webhook("hooks") })).toEqual([called]);
    expect(ids({ "a.yaml": excluded("9443,9000") + behind + webhook("hooks") })).toEqual([open("port 9000"), called]);
    expect(ids({ "a.yaml": excluded("9443") + behind + webhook("others") })).toEqual([open("port 9443")]);
    expect(ids({ "a.yaml": excluded("9443") + behind })).toEqual([open("port 9443")]);
  });
});

const workload = (name: string, labels: string, ports = "[]"): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec: { template: { metadata: { labels: ${labels} }, spec: { containers: [{ name: app, ports: ${ports} }] } } }
`;
const service = (name: string, ports: string): string => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: ${ports} }
`;
const policy = (kind: string, spec: string, namespace = "shop"): string => `apiVersion: security.istio.io/v1
kind: ${kind}
metadata: { name: orders, namespace: ${namespace} }
spec: ${spec}
`;

describe("modes of ports", () => {
  const levels = (ports: string): string =>
    policy(
      "PeerAuthentication",
      `{ selector: { matchLabels: { app: orders } }, mtls: { mode: STRICT }, portLevelMtls: ${ports} }`,
    );
  const lintAll = (...documents: string[]): string[] => ids({ "a.yaml": documents.join("---\n") });
  const orders = workload("orders", "{ app: orders }", "[{ containerPort: 80, name: http }]");

  it.each(["80", "http"])(
    "Port modes apply to the container's ports: one for the Service's port has no effect (targetPort %s)",
    (target) => {
      const toTarget = service("orders", `[{ port: 8000, targetPort: ${target} }]`);
      const found = lintAll(levels("{ 8000: { mode: STRICT } }"), toTarget, orders);
      expect(found).toEqual([
        "a.yaml:4 fail mtls/ports: port 8000 is the port of Service orders, not of its container, which has 80: STRICT has no effect",
      ]);
      expect(lintAll(levels("{ 80: { mode: STRICT } }"), toTarget, orders)).toEqual([]);
    },
  );

  it("Port modes are checked with the Service if the workload is not in the tree", () => {
    const to80 = service("orders", "[{ port: 8000, targetPort: 80 }]");
    expect(lintAll(levels("{ 8000: { mode: STRICT } }"), to80)).toEqual([
      "a.yaml:4 fail mtls/ports: port 8000 is the port of Service orders, not of its container, which has 80: STRICT has no effect",
    ]);
    expect(lintAll(levels("{ 80: { mode: STRICT } }"), to80)).toEqual([]);
    expect(lintAll(levels("{ 8000: { mode: STRICT } }"), to80.replaceAll("orders", "others"))).toEqual([]);
  });

  it("Port modes do not report plain text on a port that they do not set", () => {
    const found = lintAll(
      levels("{ 8000: { mode: DISABLE } }"),
      service("orders", "[{ port: 8000, targetPort: 80 }]"),
      orders,
    );
    expect(found).toEqual([expect.stringMatching(/^a\.yaml:4 fail mtls\/ports: .*: DISABLE has no effect$/)]);
  });

  it.each([
    ["the Service has the same port", service("orders", "[{ port: 8000 }]"), orders],
    [
      "another Service leads to that port",
      service("orders", "[{ port: 8000, targetPort: 80 }, { port: 9, targetPort: 8000 }]"),
      orders,
    ],
    [
      "a container declares it",
      service("orders", "[{ port: 8000, targetPort: 80 }]"),
      workload("orders", "{ app: orders }", "[{ containerPort: 80 }, { containerPort: 8000 }]"),
    ],
    ["the name of the target is not known", service("orders", "[{ port: 8000, targetPort: web }]"), orders],
    ["no Service is in the tree", "", orders],
  ])("Port modes are not checked if %s", (_title, ...documents) => {
    expect(lintAll(levels("{ 8000: { mode: STRICT } }"), ...documents)).toEqual([]);
  });

  it("Port modes need a selector", () => {
    const namespaced = policy(
      "PeerAuthentication",
      "{ mtls: { mode: STRICT }, portLevelMtls: { 80: { mode: PERMISSIVE } } }",
    );
    expect(lintAll(namespaced)).toEqual([
      "a.yaml:4 fail mtls/ports: portLevelMtls without a selector: Istio rejects it, and would ignore it",
    ]);
  });
});

describe("policies that select nothing", () => {
  const lintAll = (...documents: string[]): string[] => ids({ "a.yaml": documents.join("---\n") });
  const truxify = "{ selector: { matchLabels: { app: truxify } }, mtls: { mode: STRICT } }";
  const api = workload("api", "{ app: api }");

  it.each(["PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication"])(
    "Policies that select nothing are reported: %s",
    (kind) => {
      expect(lintAll(policy(kind, truxify), api)).toEqual([
        "a.yaml:4 warn mesh/selector: no workload has app: truxify (app is api there): it has no effect",
      ]);
      expect(lintAll(policy(kind, truxify), workload("truxify", "{ app: truxify, tier: web }"))).toEqual([]);
      expect(lintAll(policy(kind, "{}"), api)).toEqual([]);
    },
  );

  it("Policies are not checked if the tree has no workload of that namespace, or a Gateway's controller creates the pods", () => {
    expect(lintAll(policy("AuthorizationPolicy", truxify, "elsewhere"), api)).toEqual([]);
    const byName = "{ selector: { matchLabels: { gateway.networking.k8s.io/gateway-name: public } } }";
    expect(lintAll(policy("AuthorizationPolicy", byName), api)).toEqual([]);
  });

  it("Policies may select jobs and machines outside the cluster", () => {
    const job = `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: a, namespace: shop }\nspec: { jobTemplate: { spec: { template: { metadata: { labels: { app: truxify } } } } } }\n`;
    const machine = `apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: { name: a, namespace: shop }\nspec: { labels: { app: truxify } }\n`;
    expect(lintAll(policy("AuthorizationPolicy", truxify), api, job)).toEqual([]);
    expect(lintAll(policy("AuthorizationPolicy", truxify), api, machine)).toEqual([]);
  });

  it("Policies with a selector in the root namespace: an AuthorizationPolicy there applies to all, a PeerAuthentication to none", () => {
    const opened = truxify.replace("STRICT", "PERMISSIVE");
    expect(lintAll(policy("PeerAuthentication", opened, "istio-system"), workload("t", "{ app: truxify }"))).toEqual([
      "a.yaml:4 fail mesh/selector: a PeerAuthentication with a selector in the root namespace (istio-system) selects nothing",
    ]);
    expect(lintAll(policy("AuthorizationPolicy", truxify, "istio-system"), workload("t", "{ app: truxify }"))).toEqual(
      [],
    );
    expect(lintAll(policy("AuthorizationPolicy", truxify, "istio-system"), api)).toHaveLength(1);
  });
});

describe("ports that the API server calls", () => {
  const webhook = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: config.webhook }
webhooks: [{ name: a, clientConfig: { service: { name: orders, namespace: shop } } }]
`;
  const opened = (spec: string): string =>
    policy("PeerAuthentication", `{ selector: { matchLabels: { app: orders } }, ${spec} }`);
  const parts = [
    service("orders", "[{ port: 443, targetPort: https-webhook }]"),
    workload("orders", "{ app: orders }", "[{ containerPort: 8443, name: https-webhook }]"),
  ];
  const on = (port: number, ...documents: string[]): string[] =>
    ids({
      "a.yaml": [opened(`mtls: { mode: STRICT }, portLevelMtls: { ${port}: { mode: PERMISSIVE } }`), ...documents].join(
        "---\n",
      ),
    });

  it("Ports that the API server calls may be PERMISSIVE, as a warning that gives the reason", () => {
    expect(on(8443, ...parts, webhook)).toEqual([
      "a.yaml:4 warn mtls/strict: mTLS is PERMISSIVE for port 8443 of its workload, which the API server calls (validatingwebhookconfiguration config.webhook): it has no sidecar",
    ]);
    const alone = service("orders", "[{ port: 443, targetPort: 8443 }]");
    expect(on(8443, alone, webhook)).toEqual([expect.stringContaining("warn mtls/strict")]);
    expect(on(8443, ...parts)).toEqual(["a.yaml:4 fail mtls/strict: mTLS is PERMISSIVE for port 8443 of its workload"]);
    expect(on(9090, ...parts, webhook)).toEqual([
      "a.yaml:4 fail mtls/strict: mTLS is PERMISSIVE for port 9090 of its workload",
    ]);
  });

  it("Ports that the API server calls include those of aggregated APIs", () => {
    const api = `apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: { name: v1.metrics }\nspec: { service: { name: orders, namespace: shop, port: 443 } }\n`;
    expect(on(8443, ...parts, api)).toEqual([expect.stringContaining("warn mtls/strict")]);
  });

  it("Ports that the API server calls do not open the whole workload: the fix names the port", () => {
    const all = [opened("mtls: { mode: PERMISSIVE }"), ...parts, webhook].join("---\n");
    const [found] = lintFiles({ "a.yaml": all }, { only: ["mtls/strict"] });
    expect(found).toMatchObject({
      severity: "fail",
      fix: "set mode: STRICT, and PERMISSIVE only for port 8443 (portLevelMtls), which the API server calls for validatingwebhookconfiguration config.webhook",
    });
  });
});

describe("a pod that intercepts nothing", () => {
  const deployment = (metadata: string, spec = "{}"): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: orders, namespace: shop }\nspec: { template: { metadata: ${metadata}, spec: ${spec} } }\n`;

  it.each([
    ["{ annotations: { sidecar.istio.io/interceptionMode: NONE } }", 1],
    ['{ annotations: { proxy.istio.io/config: "interceptionMode: NONE" } }', 1],
    ["{ annotations: { sidecar.istio.io/interceptionMode: TPROXY } }", 0],
    ["{ annotations: { sidecar.istio.io/interceptionMode: NONE }, labels: { sidecar.istio.io/inject: 'false' } }", 0],
  ])("A pod without interception and with the metadata %s is reported %i times", (metadata, times) => {
    const found = ids({ "a.yaml": deployment(metadata) });
    expect(found).toEqual(
      Array.from({ length: times }, () => "a.yaml:4 fail mtls/proxied: connections to all ports bypass the proxy"),
    );
  });

  it("A pod has no interception because of the mesh's default, unless it sets its own", () => {
    const mesh =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata: { mesh: 'defaultConfig: { interceptionMode: NONE }' }\n";
    expect(ids({ "a.yaml": deployment("{}"), "mesh.yaml": mesh })).toHaveLength(1);
    const redirected = deployment("{ annotations: { sidecar.istio.io/interceptionMode: REDIRECT } }");
    expect(ids({ "a.yaml": redirected, "mesh.yaml": mesh })).toEqual([]);
  });

  it("A pod without interception is not reported if it has no sidecar at all", () => {
    const metadata = "{ annotations: { sidecar.istio.io/interceptionMode: NONE } }";
    expect(ids({ "a.yaml": deployment(metadata, "{ hostNetwork: true }") })).toEqual([]);
    const namespace =
      "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { istio-injection: disabled } }\n";
    expect(ids({ "a.yaml": deployment(metadata), "b.yaml": namespace })).toEqual([]);
    const ambient = namespace.replace("istio-injection: disabled", "istio.io/dataplane-mode: ambient");
    expect(ids({ "a.yaml": deployment(metadata), "b.yaml": ambient })).toEqual([]);
  });
});

const rule = (name: string, namespace: string, spec: string): string => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;

describe("mTLS of callers", () => {
  const to = (host: string, mode: string): string =>
    rule("a", "shop", `{ host: "${host}", trafficPolicy: { tls: { mode: ${mode} } } }`);

  it("mTLS of callers is disabled by DISABLE and SIMPLE, for all traffic, a port or a subset", () => {
    expect(ids({ "a.yaml": to("payments", "DISABLE") })).toEqual([
      "a.yaml:4 fail mtls/client: callers of payments use tls mode DISABLE, not the mesh's mTLS",
    ]);
    const port = "trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: SIMPLE } }] }";
    expect(ids({ "a.yaml": rule("a", "shop", `{ host: b.c.svc.cluster.local, ${port} }`) })[0]).toContain("(port 443)");
    const subset = "subsets: [{ name: v1, trafficPolicy: { tls: { mode: DISABLE } } }]";
    expect(ids({ "a.yaml": rule("a", "shop", `{ host: payments, ${subset} }`) })[0]).toContain("(subset v1)");
  });

  it("mTLS of callers is not checked outside the mesh, nor for control planes, which serve their own TLS", () => {
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

describe("callees outside the mesh", () => {
  const disabling = rule(
    "old",
    "legacy",
    "{ host: old.legacy.svc.cluster.local, trafficPolicy: { tls: { mode: DISABLE } } }",
  );
  const namespace = (labels: string): string =>
    `apiVersion: v1\nkind: Namespace\nmetadata: { name: legacy, labels: ${labels} }\n`;
  const service =
    "apiVersion: v1\nkind: Service\nmetadata: { name: old, namespace: legacy }\nspec: { selector: { app: old } }\n";
  const workload = (labels: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: old, namespace: legacy }\nspec: { template: { metadata: { labels: ${labels} } } }\n`;
  const left = "callers of old.legacy.svc.cluster.local use tls mode DISABLE, not the mesh's mTLS";
  const refusing = '{ app: old, sidecar.istio.io/inject: "false" }';

  it.each([
    ["the namespace disables injection", [namespace("{ istio-injection: disabled }")], []],
    ["their pods refuse a sidecar", [namespace("{ istio-injection: enabled }"), service, workload(refusing)], []],
    ["the namespace injects", [namespace("{ istio-injection: enabled }")], [`fail mtls/client: ${left}`]],
    ["the namespace has a revision", [namespace("{ istio.io/rev: stable }")], [`fail mtls/client: ${left}`]],
    ["the tree has no namespace", [], [`fail mtls/client: ${left}`]],
    [
      "the namespace is ambient",
      [namespace("{ istio.io/dataplane-mode: ambient }")],
      [
        `unknown mtls/client: ${left}; it is in the ambient mesh because of namespace legacy, which gennet does not check`,
      ],
    ],
    [
      "the namespace does not say",
      [namespace("{}")],
      [
        `unknown mtls/client: ${left}; whether it has a sidecar is unknown: namespace legacy has no label istio-injection or istio.io/rev in the tree`,
      ],
    ],
    [
      "one of their pods has a sidecar",
      [
        namespace("{ istio-injection: enabled }"),
        service,
        workload(refusing),
        workload("{ app: old }").replace("name: old,", "name: new,"),
      ],
      [`fail mtls/client: ${left}`],
    ],
  ])("Callees are outside the mesh if %s", (_title, others, expected) => {
    const found = ids({ "a.yaml": disabling, "b.yaml": others.join("---\n") });
    expect(found).toEqual(expected.map((each) => `a.yaml:4 ${each}`));
  });

  it("Callees outside the mesh do not get the advice to use ISTIO_MUTUAL, which would break calls to them", () => {
    const [found] = lintFiles({ "a.yaml": disabling }, { only: ["mtls"] });
    expect(found?.fix).toBe("remove tls: Istio then uses mutual TLS if the callee has a sidecar");
  });
});

describe("two DestinationRules for one host", () => {
  const file = (...rules: string[]): Record<string, string> => ({ "a.yaml": rules.join("---\n") });
  const policy = "trafficPolicy: { connectionPool: { tcp: { maxConnections: 1 } } }";
  const one = rule("one", "shop", `{ host: b, ${policy} }`);

  it("Two DestinationRules for one host conflict in one namespace if both have a policy, even if one host is short", () => {
    expect(ids(file(one, rule("two", "shop", `{ host: b.shop.svc.cluster.local, ${policy} }`)))).toEqual([
      "a.yaml:9 fail mesh/one-rule: b.shop.svc.cluster.local already has a rule: one (a.yaml:4); the trafficPolicy of the older one applies, the other's does not",
    ]);
  });

  it("Two DestinationRules for one host conflict if they have different subsets of the same name", () => {
    const subsets = (version: string) => `{ host: b, subsets: [{ name: v1, labels: { version: ${version} } }] }`;
    expect(ids(file(rule("one", "shop", subsets("v1")), rule("two", "shop", subsets("v2"))))[0]).toContain(
      "both have subset v1, and the older one's applies",
    );
    expect(ids(file(rule("one", "shop", subsets("v1")), rule("two", "shop", subsets("v1"))))).toEqual([]);
  });

  it.each([
    ["one has the policy and the other the subsets", rule("two", "shop", "{ host: b, subsets: [{ name: v1 }] }")],
    ["different namespaces", rule("two", "ops", `{ host: b.shop.svc.cluster.local, ${policy} }`)],
    ["one object, declared twice", one],
    [
      "different workloads",
      rule("two", "shop", `{ host: b, ${policy}, workloadSelector: { matchLabels: { app: c } } }`),
    ],
    ["another host", rule("two", "shop", `{ host: c, ${policy} }`)],
  ])("Two DestinationRules for one host do not conflict: %s", (_, other) => {
    expect(ids(file(one, other))).toEqual([]);
  });

  it("Two DestinationRules for one host do not conflict if no namespace sees both, and are not merged if their exports differ", () => {
    const [here, there] = [
      rule("one", "shop", `{ host: b, exportTo: ["."], ${policy} }`),
      rule("two", "shop", "{ host: b, exportTo: [ops], subsets: [{ name: v1 }] }"),
    ];
    expect(ids(file(here, there))).toEqual([]);
    expect(ids(file(here, there.replace("[ops]", '["*"]')))[0]).toContain(
      "their exportTo differs, so clients that see both get only the newer one",
    );
  });

  it("Two DestinationRules for one host are one warning in a folder of alternatives, whose files declare the same objects", () => {
    const files = {
      "all.yaml": `${one}---\n${rule("c", "shop", `{ host: c, ${policy} }`)}`,
      "mtls.yaml": one,
      "other.yaml": `${rule("two", "shop", `{ host: b, ${policy} }`)}---\n${rule("d", "shop", `{ host: c, ${policy} }`)}`,
    };
    const told = ids(files);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(
      /^other.yaml:4 warn mesh\/one-rule: .*the folder's files are alternatives: apply one of them$/,
    );
  });

  it("Two DestinationRules for one host are not reported for a VirtualService that has a short and a long host", () => {
    const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: dash, namespace: shop }
spec:
  hosts: [dash, dash.shop.svc.cluster.local, dash.example.com]
  gateways: [mesh, internal]
  http: [{ route: [{ destination: { host: dash } }] }]
`;
    expect(ids({ "a.yaml": route })).toEqual([]);
  });
});
