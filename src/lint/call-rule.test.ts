import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const both = "connectionPool: { http: { http2MaxRequests: 9 } }, outlierDetection: { consecutive5xxErrors: 5 }";
const host = "payments.payments.svc.cluster.local";

const catalog = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: orders, labels: { domain: shop } }
spec: { type: service, dependsOn: ["component:payments"] }
`;
const workload = `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: orders }
spec: { template: { metadata: { labels: { app: orders } }, spec: { containers: [{ name: app }] } } }
`;
const rule = (name: string, spec: string): string => {
  const [namespace, own] = name.split("/");
  return `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${own}, namespace: ${namespace} }
spec: { ${spec} }
`;
};
const meshConfig = (config: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data: { mesh: '${config}' }
`;

/** Returns the findings for the call from orders to payments in a tree with these rules. */
const call = (...documents: string[]): string[] =>
  told(
    lintFiles(
      { "catalog-info.yaml": catalog, "app.yaml": workload, "rules.yaml": documents.join("---\n") },
      { only: ["breaker/rule", "breaker/pool", "breaker/outlier"] },
    ),
  ).map((line) => line.replace(/^\S+ /, ""));

describe("the rule of a call", () => {
  it.each(["orders", "payments", "istio-system"])("The rule of a call is in %s, where Istio searches", (namespace) => {
    expect(call(rule(`${namespace}/payments`, `host: ${host}, trafficPolicy: { ${both} }`))).toEqual([]);
  });

  it("The rule of a call is not in a third namespace", () => {
    expect(call(rule("platform/payments", `host: ${host}, trafficPolicy: { ${both} }`))).toEqual([
      "fail breaker/rule: calls payments without a breaker: DestinationRule platform/payments matches, but Istio only searches orders, payments and istio-system",
    ]);
  });

  it("The rule of a call is in the root namespace of the tree's MeshConfig, and no longer in istio-system", () => {
    const root = meshConfig("{ rootNamespace: platform }");
    expect(call(root, rule("platform/payments", `host: ${host}, trafficPolicy: { ${both} }`))).toEqual([]);
    expect(call(root, rule("istio-system/payments", `host: ${host}, trafficPolicy: { ${both} }`))[0]).toContain(
      "Istio only searches orders, payments and platform",
    );
  });

  it("The rule of a call is not one hidden from the caller by exportTo or by MeshConfig's default", () => {
    const own = (exportTo: string) => rule("payments/a", `host: ${host}, ${exportTo} trafficPolicy: { ${both} }`);
    expect(call(own("exportTo: [orders],"))).toEqual([]);
    for (const exportTo of ['exportTo: ["."],', "exportTo: [web],", 'exportTo: ["~"],']) {
      expect(call(own(exportTo))[0]).toContain("but is only exported to");
    }
    expect(call(meshConfig('{ defaultDestinationRuleExportTo: ["."] }'), own(""))).toHaveLength(1);
  });

  it.each(["payments.payments", "payments.payments.svc"])(
    "The rule of a call is not the one for %s, which Istio does not complete",
    (name) => {
      expect(call(rule("orders/payments", `host: ${name}, trafficPolicy: { ${both} }`))).toEqual([
        `fail breaker/rule: calls payments without a breaker: DestinationRule orders/payments is for ${name}, which Istio does not complete to ${host}`,
      ]);
    },
  );

  it("The rule of a call is the wildcard of the caller's namespace rather than the callee's own rule", () => {
    const theirs = rule("payments/payments", `host: ${host}, trafficPolicy: { ${both} }`);
    const tls = "trafficPolicy: { tls: { mode: ISTIO_MUTUAL } }";
    expect(call(theirs, rule("istio-system/default", `host: "*.local", ${tls}`))).toEqual([]);
    expect(call(theirs, rule("orders/default", `host: "*.local", ${tls}`))).toEqual([
      "fail breaker/rule: calls payments, but its rule DestinationRule orders/default for *.local neither limits nor ejects",
    ]);
  });

  it("The rule of a call may be a wildcard's, which needs what every rule needs", () => {
    const wildcard = (policy: string) =>
      call(rule("istio-system/default", `host: "*.local", trafficPolicy: { ${policy} }`));
    expect(wildcard(both)).toEqual([]);
    expect(wildcard("outlierDetection: {}")).toEqual([
      "fail breaker/pool: calls payments, whose rule is DestinationRule istio-system/default for *.local: no connectionPool",
    ]);
  });

  it("The rule of a call is not one for other workloads, which hides the callee's", () => {
    const selector = (app: string) => `workloadSelector: { matchLabels: { app: ${app} } },`;
    const own = (app: string) => rule("orders/a", `host: ${host}, ${selector(app)} trafficPolicy: { ${both} }`);
    expect(call(own("orders"))).toEqual([]);
    expect(call(own("cart"), rule("payments/b", `host: ${host}, trafficPolicy: { ${both} }`))[0]).toContain(
      "DestinationRule orders/a is for other workloads",
    );
  });

  it("A call needs no rule if MeshConfig has a policy for every call", () => {
    const policy = `{ defaultTrafficPolicy: { ${both} } }`;
    expect(call(meshConfig(policy))).toEqual([]);
    expect(call(meshConfig(policy), rule("orders/a", `host: ${host}, trafficPolicy: { tls: {} }`))).toEqual([]);
  });

  it("The rule of a call is unknown if a rule's namespace or exportTo is a placeholder", () => {
    const severities = (name: string, more = "") =>
      call(rule(name, `host: ${host}, ${more} trafficPolicy: { ${both} }`)).map((line) => line.split(" ")[0]);
    expect(severities('"${NS}"/payments')).toEqual(["unknown"]);
    expect(severities("payments/payments", 'exportTo: ["${NS}"],')).toEqual(["unknown"]);
    expect(severities("payments/payments", 'exportTo: ["."],')).toEqual(["fail"]);
  });

  it("The rule of a call is unknown if a rule's host or the callee is a placeholder", () => {
    expect(call(rule("orders/a", `host: "$(HOST)", trafficPolicy: { ${both} }`))[0]).toMatch(
      /^unknown breaker\/rule: .*unless a \(rules.yaml\), which contains a placeholder, applies to it$/,
    );
    const route = (to: string) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: a, namespace: ui }
spec: { hosts: [a], http: [{ route: [{ destination: { host: "${to}" } }] }] }
`;
    const found = lintFiles({ "a.yaml": route("ml-pipeline-ui.$(kfp-namespace).svc.cluster.local") });
    expect(found.map(({ severity, id }) => [severity, id])).toEqual([["unknown", "breaker/rule"]]);
  });
});

describe("rules that Istio merges", () => {
  const policy = rule("payments/payments-policy", `host: payments, trafficPolicy: { ${both} }`);
  const subsets = (more = "") =>
    rule("payments/payments-subsets", `host: ${host}, ${more} subsets: [{ name: v1, labels: { version: v1 } }]`);

  it("Rules for the same host are checked as one after merging: a policy and its subsets", () => {
    expect(told(lintFiles({ "rules.yaml": `${policy}---\n${subsets()}` }))).toEqual([]);
    expect(call(policy, subsets())).toEqual([]);
  });

  it("Rules for the same host are not merged if their exports differ", () => {
    const ids = lintFiles({ "rules.yaml": `${policy}---\n${subsets('exportTo: ["*"],')}` }).map(({ id }) => id);
    expect(ids).toEqual(["breaker/outlier", "breaker/pool", "mesh/one-rule"]);
  });
});

describe("a route's subset", () => {
  const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: payments, namespace: payments }
spec: { hosts: [payments], http: [{ route: [{ destination: { host: payments, subset: v9 } }] }] }
`;
  const having = (name: string, subset: string) =>
    rule(name, `host: ${host}, subsets: [{ name: ${subset} }], trafficPolicy: { ${both} }`);
  const ids = (...documents: string[]) => told(lintFiles({ "a.yaml": documents.join("---\n") }, { only: ["mesh"] }));

  it("A route's subset is in the host's rule, even if that is in istio-system", () => {
    expect(ids(route, having("payments/a", "v9"))).toEqual([]);
    expect(ids(route, having("istio-system/a", "v9"))).toEqual([]);
  });

  it("A route's subset fails if it is in no rule, and is a warning if only callers elsewhere have it", () => {
    expect(ids(route, having("payments/a", "v1"))).toEqual([
      "a.yaml:4 fail mesh/subset: subset v9 of payments is in no DestinationRule: its rule has v1",
    ]);
    expect(ids(route)).toEqual([
      "a.yaml:4 fail mesh/subset: subset v9 of payments is in no DestinationRule: there is no DestinationRule for it",
    ]);
    expect(ids(route, having("orders/a", "v9"))).toEqual([
      "a.yaml:4 warn mesh/subset: subset v9 of payments is in DestinationRule orders/a, which is in namespace orders",
    ]);
  });

  it("A route's subset may come from a second rule that is merged with the first", () => {
    expect(
      ids(route, having("payments/a", "v1"), rule("payments/b", `host: payments, subsets: [{ name: v9 }]`)),
    ).toEqual([]);
  });
});
