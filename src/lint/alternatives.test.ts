import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const deployment = (replicas: number): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: orders, namespace: shop }\nspec: { replicas: ${replicas}, selector: { matchLabels: { app: orders } }, template: { metadata: { labels: { app: orders } } } }\n`;
const budget = (name: string, amount: string): string =>
  `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: ${name}, namespace: shop }\nspec: { ${amount}, selector: { matchLabels: { app: orders } } }\n`;
const external = (name: string, more = ""): string =>
  `apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: ${name}, namespace: shop }\nspec: { target: { name: db${more} }, data: [{ secretKey: a, remoteRef: { key: a } }] }\n`;
const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop }\n";
const lines = (rule: string, files: Record<string, string>): string[] => told(lintFiles(files, { only: [rule] }));

describe("in a folder of alternatives, where files declare the same object", () => {
  it("Replicas in alternative files do not add up", () => {
    const blocked = "minAvailable 1 of 1 replica blocks every drain";
    const files = { "docs/a.yaml": deployment(1), "docs/b.yaml": deployment(1) };
    expect(lines("workload/budget", { ...files, "docs/c.yaml": budget("orders", "minAvailable: 1") })).toEqual([
      `docs/c.yaml:4 fail workload/budget: ${blocked}`,
    ]);
    const beside = `${deployment(2)}---\n${budget("orders", "minAvailable: 1")}`;
    expect(lines("workload/budget", { ...files, "docs/c.yaml": beside })).toEqual([]);
  });

  it("Two budgets select the same pod only if both are in the same alternative file", () => {
    const [one, two] = [budget("one", "maxUnavailable: 1"), budget("two", "maxUnavailable: 1")];
    const files = { "docs/a.yaml": `${deployment(2)}---\n${one}`, "docs/b.yaml": `${deployment(2)}---\n${two}` };
    expect(lines("workload/budget", files)).toEqual([]);
    expect(lines("workload/budget", { "docs/a.yaml": files["docs/a.yaml"], "docs/b.yaml": two })).toHaveLength(1);
    expect(lines("workload/budget", { ...files, "docs/c.yaml": `${deployment(2)}---\n${one}---\n${two}` })).toEqual([
      expect.stringContaining("docs/c.yaml"),
    ]);
  });

  it("Two ExternalSecrets write the same Secret only if both are in the same alternative file", () => {
    const again = { "docs/a.yaml": external("one"), "docs/b.yaml": external("one") };
    expect(lines("secret/target", { ...again, "docs/c.yaml": external("two") })).toEqual([]);
    expect(lines("secret/target", { "docs/a.yaml": external("one"), "docs/c.yaml": external("two") })).toHaveLength(1);
    expect(lines("secret/target", { ...again, "docs/c.yaml": `${external("one")}---\n${external("two")}` })).toEqual([
      expect.stringContaining("docs/c.yaml"),
    ]);
  });

  it("A Secret conflicts with an ExternalSecret only if both are in the same alternative file, and may be the one that Merge waits for", () => {
    const again = { "docs/a.yaml": external("one"), "docs/b.yaml": external("one") };
    expect(lines("secret/target", { ...again, "docs/c.yaml": secret })).toEqual([]);
    expect(lines("secret/target", { ...again, "docs/c.yaml": `${secret}---\n${external("one")}` })).toHaveLength(1);
    const merged = external("one", ", creationPolicy: Merge");
    expect(lines("secret/target", { "docs/a.yaml": merged, "docs/b.yaml": merged, "docs/c.yaml": secret })).toEqual([]);
    expect(lines("secret/target", { "docs/a.yaml": merged, "docs/b.yaml": merged })).toHaveLength(2);
  });
});
