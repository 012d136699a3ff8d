import { describe, expect, it } from "vitest";
import { lintFiles } from "../../test/support/lint-files.ts";

const kustomization = "resources: [used.yaml]\n";
const used = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";
const container = "{ name: manager, env: [{ name: DB_PASSWORD, value: hunter2-x }] }";
const ids = (files: Record<string, string>): string[] => lintFiles(files).map(({ id }) => id);

describe("a patch that no kustomization uses", () => {
  it.each([
    [
      "a workload without a selector",
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { template: { spec: { containers: [{ name: manager, image: b, ports: [{ containerPort: 1 }] }] } } }\n",
    ],
    [
      "a pod's containers without an image",
      "apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: a }\nspec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: a }] } } } } }\n",
    ],
    [
      "a budget without a selector",
      "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: a }\nspec: { minAvailable: 0 }\n",
    ],
    [
      "a rule without a host",
      "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: a }\nspec: { trafficPolicy: { tls: { mode: DISABLE } } }\n",
    ],
    [
      "an Application without a destination",
      "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: a }\nspec: { source: { targetRevision: b } }\n",
    ],
    [
      "an ExternalSecret without data",
      "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: a }\nspec: { target: { creationPolicy: Merge } }\n",
    ],
  ])("A patch that no kustomization uses is not treated as applied: %s", (_, patch) => {
    const tree = { "base/kustomization.yaml": kustomization, "base/used.yaml": used };
    expect(ids({ ...tree, "base/patch.yaml": patch })).toEqual([]);
    expect(ids({ ...tree, "base/patches/later.yaml": patch })).toEqual([]);
  });

  it("A patch is checked as an object if no kustomization could use it, or if it is complete", () => {
    const patch = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { template: { spec: { containers: [{ name: a, image: b }] } } }\n`;
    const tree = { "base/kustomization.yaml": kustomization, "base/used.yaml": used };
    expect(ids({ "plain/d.yaml": patch })).toContain("workload/resources");
    expect(ids({ ...tree, "elsewhere/d.yaml": patch })).toContain("workload/resources");
    const whole = patch.replace("spec: {", "spec: { selector: { matchLabels: { app: a } },");
    expect(ids({ ...tree, "base/d.yaml": whole })).toContain("workload/resources");
    const injected = whole.replace("image: b }", "image: b }, { name: istio-proxy }");
    expect(ids({ ...tree, "base/d.yaml": injected })).toContain("workload/resources");
  });

  it("A patch that no kustomization uses is still searched for credentials", () => {
    const patch = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { template: { spec: { containers: [${container}] } } }\n`;
    expect(ids({ "kustomization.yaml": kustomization, "used.yaml": used, "patch.yaml": patch })).toEqual([
      "secret/value",
    ]);
  });
});
