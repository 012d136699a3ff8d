import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const ids = (source: string, more = "", policy = "{ automated: { prune: true, selfHeal: true } }"): string[] =>
  told(
    lintFiles(
      {
        "a.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: mesh, namespace: argocd }
spec:
  project: mesh
  source: { ${source} }
  syncPolicy: ${policy}
${more}`,
      },
      { only: ["gitops/self-heal"] },
    ),
  ).map((line) => line.slice(0, 50));
const charts = "repoURL: https://istio-release.storage.googleapis.com/charts";
const istiod = `${charts}, chart: istiod, targetRevision: 1.26.1`;
const webhook = ["a.yaml:4 warn gitops/self-heal: istiod sets failur"];
const ignored =
  "  ignoreDifferences: [{ group: admissionregistration.k8s.io, kind: ValidatingWebhookConfiguration, jqPathExpressions: [a] }]\n";

describe("an Application of istiod that heals itself", () => {
  it("An Application of istiod with self-healing is a warning, by chart, by path, and for the base chart", () => {
    expect(ids(istiod)).toEqual(webhook);
    expect(ids(istiod.replace("istiod", "base"))).toEqual(webhook);
    expect(ids("repoURL: https://git.example/platform, path: charts/istio/istiod")).toEqual(webhook);
  });

  it("An Application of istiod with self-healing passes if the difference is ignored or cannot occur", () => {
    expect(ids(istiod, ignored)).toEqual([]);
    expect(
      ids(istiod, ignored.replace("kind: ValidatingWebhookConfiguration", 'kind: "*WebhookConfiguration"')),
    ).toEqual([]);
    expect(ids(istiod, ignored.replace("kind: ValidatingWebhookConfiguration", "kind: Deployment"))).toHaveLength(1);
  });

  it.each([
    ["valuesObject: { base: { validationFailurePolicy: Fail } }", []],
    ["valuesObject: { base: { validationFailurePolicy: Ignore } }", webhook],
    ["valuesObject: { istiod: { base: { validationFailurePolicy: Fail } } }", []],
    ['values: "base:\\n  validationFailurePolicy: Fail"', []],
    ["parameters: [{ name: base.validationFailurePolicy, value: Fail }]", []],
    ["parameters: [{ name: pilot.image, value: Fail }]", webhook],
    ["valuesObject: { global: { configValidation: false } }", []],
    ['parameters: [{ name: global.configValidation, value: "false" }]', []],
    ["valuesObject: { base: { validationCABundle: LS0tLS1CRUdJTg== } }", []],
    // istio#57643
    ['valuesObject: { base: { validationCABundle: "" } }', webhook],
    ['values: "base:\\n  validationCABundle: \\"\\"\\n"', webhook],
  ])("An Application of istiod with self-healing is checked by the values of its chart: %s", (helm, found) => {
    expect(ids(`${istiod}, helm: { ${helm} }`)).toEqual(found);
  });

  it("An Application of istiod with self-healing is a warning if ignoreDifferences has the object without its group, or with another (argo-cd#9323)", () => {
    const found = ["a.yaml:8 warn gitops/self-heal: istiod sets failur"];
    expect(ids(istiod, ignored.replace("group: admissionregistration.k8s.io, ", ""))).toEqual(found);
    expect(ids(istiod, ignored.replace("admissionregistration.k8s.io", "apps"))).toEqual(found);
  });

  it("An Application of istiod passes without self-healing, and so does another chart", () => {
    expect(ids(istiod, "", "{ automated: { prune: true } }")).toEqual([]);
    expect(ids(istiod, "", "{ automated: { selfHeal: true, enabled: false } }")).toEqual([]);
    expect(ids("repoURL: https://charts.example, chart: base")).toEqual([]);
  });
});

describe("an Application of istio-cni that heals itself", () => {
  const cni = (revision: string): string => `${charts}, chart: cni, targetRevision: ${revision}`;

  it("An Application of istio-cni with self-healing is a warning before Istio 1.27, whose chart leaves a divisor to the API server", () => {
    expect(ids(cni("1.26.1"))).toEqual(["a.yaml:4 warn gitops/self-heal: the API server add"]);
    expect(ids(cni("1.27.0"))).toEqual([]);
    expect(
      ids(cni("1.26.1"), "  ignoreDifferences: [{ group: apps, kind: DaemonSet, jsonPointers: [/spec] }]\n"),
    ).toEqual([]);
  });
});
