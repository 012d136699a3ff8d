import { describe, expect, it } from "vitest";
import { lintFiles } from "../../test/support/lint-files.ts";

const regexps = '[".*outlier_detection.*", ".*circuit_breakers.*"]';
const config = `{ defaultConfig: { proxyStatsMatcher: { inclusionRegexps: ${regexps} } } }`;
const values = `{ meshConfig: ${config} }`;
const object = (apiVersion: string, kind: string, name: string, rest: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: istio-system }\n${rest}\n`;
const configMap = (name: string, mesh: string): string => object("v1", "ConfigMap", name, `data: { mesh: '${mesh}' }`);
const application = (helm: string): string =>
  object("argoproj.io/v1alpha1", "Application", "istiod", `spec: { source: { chart: istiod, helm: ${helm} } }`);

const workload = (annotations: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: orders }
spec: { template: { metadata: { annotations: ${annotations} }, spec: { containers: [{ name: app }] } } }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: payments, namespace: orders }
spec: { host: payments.payments.svc.cluster.local, exportTo: ["."] }
`;

/** Returns the findings for a caller's statistics in a tree with these files. */
const statistics = (files: Readonly<Record<string, string>>, annotations = "{}"): string[] =>
  lintFiles({ "app.yaml": workload(annotations), ...files }, { only: ["breaker/statistics"] }).map(
    ({ severity }) => severity,
  );

describe("a MeshConfig that exports statistics", () => {
  it.each([
    ["the config map", configMap("istio", config)],
    ["a revision's config map", configMap("istio-1-31", config)],
    ["an IstioOperator", object("install.istio.io/v1alpha1", "IstioOperator", "a", `spec: { meshConfig: ${config} }`)],
    ["Istio's Sail operator", object("sailoperator.io/v1", "Istio", "a", `spec: { values: ${values} }`)],
    ["a HelmRelease", object("helm.toolkit.fluxcd.io/v2", "HelmRelease", "a", `spec: { values: ${values} }`)],
    ["an Application's valuesObject", application(`{ valuesObject: ${values} }`)],
    ["an Application's values", application(`{ values: '${values}' }`)],
    [
      "an Application's second source",
      application("{}").replace("source: {", `sources: [{}, { helm: { valuesObject: ${values} } }], x: {`),
    ],
    [
      "an Application's parameters",
      application(
        "{ parameters: [{ name: 'meshConfig.defaultConfig.proxyStatsMatcher.inclusionRegexps[0]', value: .*outlier_detection.* }, { name: 'meshConfig.defaultConfig.proxyStatsMatcher.inclusionRegexps[1]', value: .*circuit_breakers.* }] }",
      ),
    ],
    ["values of its chart", `meshConfig: ${config}\n`],
    ["values of a chart with it", `istiod: ${values}\n`],
  ])("A MeshConfig that exports statistics is read in %s", (_where, content) => {
    expect(statistics({ "mesh/file.yaml": content })).toEqual([]);
    expect(statistics({ "mesh/file.yaml": content.replaceAll("circuit_breakers", "nothing") })).toEqual(["fail"]);
  });

  it("A MeshConfig that exports statistics is read in a kustomization's chart", () => {
    const kustomization = `helmCharts: [{ name: istiod, valuesInline: ${values} }]\n`;
    expect(statistics({ "mesh/kustomization.yaml": kustomization })).toEqual([]);
  });

  const release = (from: string): string =>
    object(
      "helm.toolkit.fluxcd.io/v2",
      "HelmRelease",
      "istiod",
      `spec: { chart: { spec: { chart: istiod } }, valuesFrom: [${from}] }`,
    );

  it("A MeshConfig is read in the ConfigMap that a HelmRelease takes values from, and unknown if that is not in the tree", () => {
    const map = (key: string, mesh: string): string =>
      object("v1", "ConfigMap", "mesh-values", `data: { ${key}: '${mesh}' }`);
    const from = "{ kind: ConfigMap, name: mesh-values }";
    expect(statistics({ "a.yaml": release(from), "b.yaml": map("values.yaml", values) })).toEqual([]);
    expect(statistics({ "a.yaml": release(from), "b.yaml": map("values.yaml", "{}") })).toEqual(["fail"]);
    const keyed = from.replace(" }", ", valuesKey: mesh }");
    expect(statistics({ "a.yaml": release(keyed), "b.yaml": map("mesh", values) })).toEqual([]);
    expect(statistics({ "a.yaml": release(from) })).toEqual(["unknown"]);
    expect(statistics({ "a.yaml": release("{ kind: Secret, name: mesh-values }") })).toEqual(["unknown"]);
  });

  it("A MeshConfig is unknown if istiod's Application has values files that are not in the tree", () => {
    const files = "{ valueFiles: [$values/mesh/far.yaml] }";
    expect(statistics({ "a.yaml": application(files) })).toEqual(["unknown"]);
    expect(statistics({ "a.yaml": application(files).replace("chart: istiod", "chart: cni") })).toEqual(["fail"]);
    expect(statistics({ "a.yaml": application(files), "mesh/far.yaml": `meshConfig: ${config}\n` })).toEqual([]);
  });

  it("A MeshConfig is not read from another ConfigMap, or from a namespace that is not Istio's", () => {
    expect(statistics({ "a.yaml": configMap("other", config) })).toEqual(["fail"]);
    expect(statistics({ "a.yaml": configMap("istio", config).replace("istio-system", "shop") })).toEqual(["fail"]);
  });

  it("A MeshConfig leaves statistics unknown if another cluster's does not export them", () => {
    expect(statistics({ "eu/values.yaml": `meshConfig: ${config}\n`, "us/values.yaml": "meshConfig: {}\n" })).toEqual([
      "unknown",
    ]);
  });

  it("A MeshConfig's list is replaced by a pod's list of the same kind", () => {
    const files = { "values.yaml": `meshConfig: ${config}\n` };
    expect(statistics(files, "{ sidecar.istio.io/statsInclusionRegexps: .*mine.* }")).toEqual(["fail"]);
    expect(statistics(files, "{ sidecar.istio.io/statsInclusionPrefixes: mine }")).toEqual([]);
  });
});
