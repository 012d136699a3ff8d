import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders }
spec:
  replicas: 2
  template:
    metadata: { labels: { app: orders } }
    spec: { containers: [{ name: app, image: a }] }
`;
const base = { "base/kustomization.yaml": "resources: [deployment.yaml]\n", "base/deployment.yaml": deployment };
const overlay = (more: string): string => `resources: [../base]\n${more}`;
const only = ["workload/resources", "workload/disruption", "manifest"];
const ids = (files: Record<string, string>): string[] => told(lintFiles(files, { only }));
const resources = "resources: { limits: { cpu: 1, memory: 1Gi } }";
const replicas = "base/deployment.yaml:5 fail workload/disruption: keeps 2 replicas and has no PodDisruptionBudget";

describe("a Kustomize build", () => {
  it("is read with what its overlay adds, and the base is not told twice", () => {
    const patch = `patches:\n  - path: patch.yaml\nreplicas: [{ name: orders, count: 1 }]\n`;
    const body = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: orders }\nspec: { template: { spec: { containers: [{ name: app, ${resources} }] } } }\n`;
    expect(ids({ ...base, "eu/kustomization.yaml": overlay(patch), "eu/patch.yaml": body })).toEqual([]);
  });

  it("says which overlay lacks what others have", () => {
    const budget =
      "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: a }\nspec: { selector: { matchLabels: { app: orders } } }\n";
    const files = {
      ...base,
      "eu/kustomization.yaml": "resources: [../base, budget.yaml]\n",
      "eu/budget.yaml": budget,
      "us/kustomization.yaml": overlay(""),
    };
    expect(told(lintFiles(files, { only: ["workload/disruption"] }))).toEqual([`${replicas} (in us)`]);
  });

  it.each([
    [
      "a JSON patch",
      `[{ op: add, path: /spec/template/spec/containers/0/resources, value: { limits: { cpu: 1, memory: 1Gi } } }]`,
    ],
    ["a merge patch", `{ spec: { template: { spec: { containers: [{ name: app, ${resources} }] } } } }`],
  ])("understands %s with a target", (_, body) => {
    const patch = `patches:\n  - target: { kind: Deployment, name: ord.* }\n    patch: |\n      ${body}\n`;
    expect(ids({ ...base, "eu/kustomization.yaml": overlay(patch) })).toEqual([replicas]);
  });

  it("is unknown, not clean and not wrong, where a patch is not understood", () => {
    const patch =
      "patches:\n  - target: { kind: Deployment }\n    patch: |\n      [{ op: move, from: /a, path: /b }]\n";
    const findings = lintFiles({ ...base, "eu/kustomization.yaml": overlay(patch) }, { only });
    expect(findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
      "unknown workload/disruption",
      "unknown workload/resources",
      "unknown manifest/complete",
    ]);
  });

  it("may have what was not read: only what is missing is unknown then", () => {
    const remote = "resources: [../base, https://git.example/more]\n";
    const findings = lintFiles({ ...base, "eu/kustomization.yaml": remote }, { only });
    expect(findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
      "unknown workload/disruption",
      "fail workload/resources",
      "unknown manifest/complete",
    ]);
  });
});
