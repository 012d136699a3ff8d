import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const component = (name: string, ...dependsOn: string[]): string => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name}, labels: { domain: shop } }
spec:
  type: service
  dependsOn: [${dependsOn.join(", ")}]
`;
const rule = (host: string, policy: string, more = ""): string => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: payments, namespace: orders }
spec:
  host: ${host}
  exportTo: ["."]
  trafficPolicy: ${policy}
${more}`;
const guarded =
  "{ connectionPool: { http: { http2MaxRequests: 100 } }, outlierDetection: { consecutive5xxErrors: 5 } }";
const workload = (annotations: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: orders }
spec:
  template:
    metadata: { annotations: ${annotations} }
    spec: { containers: [{ name: app }] }
`;
const host = "payments.payments.svc.cluster.local";
const only = ["breaker"];
const ids = (files: Record<string, string>): string[] => told(lintFiles(files, { only }));

describe("a call that catalog-info.yaml declares", () => {
  const catalog = { "orders/catalog-info.yaml": component("orders", "component:default/payments") };

  it("A call in catalog-info.yaml needs a DestinationRule", () => {
    expect(
      ids({
        ...catalog,
        "orders/deploy/a.yaml": workload(
          '{ sidecar.istio.io/statsInclusionRegexps: ".*outlier_detection.*,.*circuit_breakers.*" }',
        ),
      }),
    ).toEqual([
      "orders/catalog-info.yaml:6 fail breaker/rule: calls payments without a DestinationRule, so the mesh has no breaker for it",
    ]);
  });

  it("A call in catalog-info.yaml passes with an effective rule, whether its host is short, long or a wildcard", () => {
    for (const name of ["payments", "payments.payments.svc.cluster.local", '"*.payments.svc.cluster.local"']) {
      expect(ids({ ...catalog, "orders/deploy/rule.yaml": rule(name, guarded) })).toEqual([]);
    }
    expect(ids({ ...catalog, "orders/deploy/rule.yaml": rule("payments-archive", guarded) })).toHaveLength(1);
    const service = "apiVersion: v1\nkind: Service\nmetadata: { name: payments, namespace: payments }\n";
    const callee = { "payments/catalog-info.yaml": component("payments"), "payments/service.yaml": service };
    expect(ids({ ...catalog, ...callee, "orders/deploy/rule.yaml": rule("payments", guarded) })).toHaveLength(1);
  });

  it("A call in catalog-info.yaml does not count a rule that is not visible to the caller", () => {
    const elsewhere = rule(host, guarded).replace("namespace: orders", "namespace: platform");
    expect(
      ids({
        ...catalog,
        "orders/deploy/a.yaml": workload(
          "{ proxy.istio.io/config: '{ proxyStatsMatcher: { inclusionPrefixes: [cluster.outbound] } }' }",
        ),
        "platform/rule.yaml": elsewhere,
      }),
    ).toHaveLength(1);
    expect(
      ids({
        ...catalog,
        "orders/deploy/a.yaml": workload(
          "{ proxy.istio.io/config: '{ proxyStatsMatcher: { inclusionPrefixes: [cluster.outbound] } }' }",
        ),
        "platform/rule.yaml": elsewhere.replace('["."]', '["*"]').replace("namespace: platform", "namespace: payments"),
      }),
    ).toEqual([]);
  });

  it("A dependency on a library is not a call, and a callee without manifests in the tree is unknown", () => {
    const library = component("payments").replace("type: service", "type: library");
    expect(ids({ ...catalog, "orders/deploy/a.yaml": workload("{}"), "payments/catalog-info.yaml": library })).toEqual(
      [],
    );
    expect(ids(catalog)).toEqual([
      "orders/catalog-info.yaml:6 unknown breaker/rule: calls payments, whose manifests are not in the tree",
    ]);
  });
});

describe("a call that Istio's objects declare", () => {
  const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: shop }
spec:
  hosts: [reviews]
  http:
    - route: [{ destination: { host: reviews, subset: v1 } }, { destination: { host: reviews, subset: v2 } }]
`;

  it("A call in Istio's objects is reported once, at its route", () => {
    expect(ids({ "a.yaml": route })).toEqual([
      "a.yaml:7 fail breaker/rule: calls reviews without a DestinationRule, so the mesh has no breaker for it",
    ]);
  });

  it("A call in Istio's objects finds a rule by the name that Istio completes", () => {
    const found = rule("reviews.shop.svc.cluster.local", guarded).replace("namespace: orders", "namespace: shop");
    expect(ids({ "a.yaml": route, "b/rule.yaml": found })).toEqual([]);
    const other = rule("reviews", guarded).replace('exportTo: ["."]', 'exportTo: ["*"]');
    expect(ids({ "a.yaml": route, "b/rule.yaml": other })).toHaveLength(1);
  });

  it("A call in Istio's objects is a warning if it leaves the mesh", () => {
    const entry = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: mail, namespace: shop }
spec: { hosts: [mail.example.com], resolution: DNS }
`;
    expect(lintFiles({ "a.yaml": entry }, { only }).map(({ severity }) => severity)).toEqual(["warn"]);
  });
});

describe("what a DestinationRule guards", () => {
  it("A DestinationRule has no effect without a threshold, or if errors do not count", () => {
    const timeouts =
      "{ connectionPool: { tcp: { connectTimeout: 1s } }, outlierDetection: { consecutive5xxErrors: 0 } }";
    expect(ids({ "a.yaml": rule(host, timeouts) })).toEqual([
      `a.yaml:7 fail breaker/pool: ${host}: its connectionPool limits nothing`,
      `a.yaml:7 fail breaker/outlier: ${host}: its outlierDetection has no effect`,
    ]);
  });

  it("A DestinationRule's policy is inherited by a subset, but not by a port", () => {
    const subset = "  subsets: [{ name: v1, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }]\n";
    expect(ids({ "a.yaml": rule(host, guarded, subset) })).toEqual([]);
    const port = guarded.replace(
      / }$/,
      ", portLevelSettings: [{ port: { number: 80 }, tls: { mode: ISTIO_MUTUAL } }] }",
    );
    expect(ids({ "a.yaml": rule(host, port) })).toEqual([
      `a.yaml:7 fail breaker/outlier: ${host}: no outlierDetection for port 80, which does not inherit it`,
      `a.yaml:7 fail breaker/pool: ${host}: no connectionPool for port 80, which does not inherit it`,
    ]);
  });

  it("A DestinationRule's finding names the parts with a breaker if others have none", () => {
    const subset = `  subsets: [{ name: v1, trafficPolicy: ${guarded} }]\n`;
    expect(ids({ "a.yaml": rule(host, "{}", subset) })[0]).toContain("no outlierDetection except for subset v1");
  });

  it("A DestinationRule for a wildcard that applies to no call is not checked", () => {
    expect(ids({ "a.yaml": rule('"*.local"', "{}") })).toEqual([]);
  });
});

describe("breaker statistics", () => {
  const asked = (annotations: string, more: Record<string, string> = {}): string[] =>
    told(
      lintFiles(
        { "a/rule.yaml": rule(host, guarded), "a/w.yaml": workload(annotations), ...more },
        { only: ["breaker/statistics"] },
      ),
    );

  it("Breaker statistics are exported with regular expressions, prefixes, or the proxy's configuration", () => {
    expect(asked('{ sidecar.istio.io/statsInclusionRegexps: ".*outlier_detection.*,.*circuit_breakers.*" }')).toEqual(
      [],
    );
    expect(asked("{ sidecar.istio.io/statsInclusionPrefixes: cluster.outbound }")).toEqual([]);
    expect(
      asked(
        '{ proxy.istio.io/config: \'{ proxyStatsMatcher: { inclusionRegexps: [".*outlier_detection.*", ".*circuit_breakers.*"] } }\' }',
      ),
    ).toEqual([]);
  });

  it("Breaker statistics are not exported by half of them, nor by an expression that matches only a part of the name", () => {
    const line = `a/w.yaml:6 fail breaker/statistics: calls other services (${host}), but its proxy does not export breaker statistics`;
    expect(asked("{}")).toEqual([line]);
    expect(asked('{ sidecar.istio.io/statsInclusionRegexps: ".*outlier_detection.*" }')).toEqual([line]);
    expect(asked('{ sidecar.istio.io/statsInclusionRegexps: "outlier_detection,circuit_breakers" }')).toEqual([line]);
  });

  it("Breaker statistics are not required outside the mesh", () => {
    expect(asked('{ sidecar.istio.io/inject: "false" }')).toEqual([]);
    const namespace =
      "apiVersion: v1\nkind: Namespace\nmetadata: { name: orders, labels: { istio-injection: disabled } }\n";
    expect(asked("{}", { "a/namespace.yaml": namespace })).toEqual([]);
    expect(asked("{}", { "a/namespace.yaml": namespace.replace("disabled", "enabled") })).toHaveLength(1);
    const ambient = namespace.replace("istio-injection: disabled", "istio.io/dataplane-mode: ambient");
    expect(asked("{}", { "a/namespace.yaml": ambient })).toEqual([]);
  });
});
