import { describe, expect, it } from "vitest";
import { type Membership, membershipOf, type PodFacts } from "./membership.ts";

describe("whether a pod is in the mesh", () => {
  const enabled = { "istio-injection": "enabled" };
  const disabled = { "istio-injection": "disabled" };
  const revision = { "istio.io/rev": "stable" };
  const ambient = { "istio.io/dataplane-mode": "ambient" };
  const asks = { "sidecar.istio.io/inject": "true" };
  const refuses = { "sidecar.istio.io/inject": "false" };
  const shop = "namespace shop";

  it.each<[string, Record<string, string>, Partial<PodFacts>, Membership["state"], string]>([
    ["nothing requests it", {}, {}, "unasked", shop],
    ["the namespace enables it", enabled, {}, "sidecar", shop],
    ["the namespace has a revision", revision, {}, "sidecar", shop],
    ["the pod refuses by label", enabled, { labels: refuses }, "refused", 'its label sidecar.istio.io/inject: "false"'],
    [
      "the pod refuses by a boolean, as YAML has it",
      enabled,
      { labels: { "sidecar.istio.io/inject": false } },
      "refused",
      'its label sidecar.istio.io/inject: "false"',
    ],
    [
      "the pod refuses by annotation",
      revision,
      { annotations: refuses },
      "refused",
      'its annotation sidecar.istio.io/inject: "false"',
    ],
    ["a label overrules an annotation", enabled, { labels: asks, annotations: refuses }, "sidecar", shop],
    ["the namespace disables it, whatever the pod requests", disabled, { labels: asks }, "refused", shop],
    ["disabled overrules a revision", { ...revision, ...disabled }, {}, "refused", shop],
    ["an annotation alone does not request it", {}, { annotations: asks }, "unasked", shop],
    ["the pod requests it", {}, { labels: asks }, "sidecar", "its label sidecar.istio.io/inject"],
    ["the pod has a revision", {}, { labels: revision }, "sidecar", "its label istio.io/rev"],
    ["the namespace is ambient", ambient, {}, "ambient", shop],
    ["a sidecar has precedence over ambient", { ...ambient, ...enabled }, {}, "sidecar", shop],
    ["a pod without a sidecar is ambient still", { ...ambient, ...enabled }, { labels: refuses }, "ambient", shop],
    ["a pod leaves an ambient namespace", ambient, { labels: { "istio.io/dataplane-mode": "none" } }, "unasked", shop],
    ["a pod is ambient by itself", {}, { labels: ambient }, "ambient", "its label istio.io/dataplane-mode"],
    [
      "its node has taken it in",
      {},
      { annotations: { "ambient.istio.io/redirection": "enabled" } },
      "ambient",
      "its annotation ambient.istio.io/redirection",
    ],
  ])("%s", (_title, labels, facts, state, by) => {
    const pod = { labels: {}, annotations: {}, hostNetwork: false, ...facts };
    const namespace = { name: "shop", labels };
    expect(membershipOf(pod, namespace)).toEqual({ state, by });
    expect(membershipOf({ ...pod, hostNetwork: true }, namespace)).toEqual({
      state: "refused",
      by: "its host network",
    });
    expect(membershipOf(pod, { ...namespace, name: "kube-system" }).state).toBe("refused");
  });

  it("Whether a pod is in the mesh is unasked if the namespace was not read and the pod has no setting", () => {
    const pod = { labels: {}, annotations: {}, hostNetwork: false };
    expect(membershipOf(pod, { name: "shop" }).state).toBe("unasked");
  });
});
