import { describe, expect, it } from "vitest";
import { structuralMerge } from "./structural-merge.ts";

const base = `# Who may call
kind: Policy
spec:
  replicas: 2
  ports:
    - name: http
      port: 80
    - name: metrics
      port: 9090
  hosts: [a, b]
`;
const yaml = (ours: string, theirs: string): Promise<string | undefined> =>
  structuralMerge("deploy/a.yaml", { base, ours, theirs });

describe("YAML merged by structure", () => {
  it("YAML merges both sides' changes of neighbouring lines, and keeps comments and order", async () => {
    const ours = base.replace("replicas: 2", "replicas: 5 # Black Friday").replace("# Who", "# Everybody who");
    const theirs = base.replace("  ports:", "  paused: false\n  ports:").replace("port: 80", "port: 8080");
    expect(await yaml(ours, theirs)).toBe(
      ours.replace("  ports:", "  paused: false\n  ports:").replace("port: 80", "port: 8080"),
    );
  });

  it("YAML merges lists by the identity of their elements", async () => {
    const ours = base.replace("    - name: metrics", "    - name: mine\n      port: 7000\n    - name: metrics");
    const theirs = base
      .replace("port: 9090\n", "port: 9091\n    - name: admin\n      port: 9000\n")
      .replace("[a, b]", "[b, c]");
    const merged = await yaml(ours, theirs);
    expect(merged).toBe(
      ours.replace("port: 9090\n", "port: 9091\n    - name: admin\n      port: 9000\n").replace("[a, b]", "[b, c]"),
    );
  });

  it("YAML drops what either side removed", async () => {
    const ours = base.replace("  replicas: 2\n", "");
    const theirs = base.replace("    - name: metrics\n      port: 9090\n", "");
    expect(await yaml(ours, theirs)).toBe(ours.replace("    - name: metrics\n      port: 9090\n", ""));
  });

  it.each([
    ["both changed one value", base.replace("replicas: 2", "replicas: 3"), base.replace("replicas: 2", "replicas: 4")],
    [
      "one removed what the other changed",
      base.replace("  replicas: 2\n", ""),
      base.replace("replicas: 2", "replicas: 4"),
    ],
    [
      "ours is laid out in its own way",
      base.replace("replicas: 2", "replicas:   3"),
      base.replace("port: 80", "port: 81"),
    ],
    ["ours is not YAML", base.replace("kind: Policy", "kind: [Policy"), base.replace("port: 80", "port: 81")],
    ["ours has anchors", base.replace("replicas: 2", "replicas: &two 2"), base.replace("port: 80", "port: 81")],
    [
      "a comment of the user would go with what the template removed",
      base.replace("    - name: metrics", "    # scraped by team A\n    - name: metrics"),
      base.replace("    - name: metrics\n      port: 9090\n", ""),
    ],
  ])("YAML is not merged by structure if %s", async (_why, ours, theirs) => {
    expect(await yaml(ours, theirs)).toBeUndefined();
  });

  it("YAML merges a file of several documents one by one", async () => {
    const two = "a: 1\n---\nb: 1\nc: 1\n";
    const sides = {
      base: two,
      ours: two.replace("b: 1", "b: 2"),
      theirs: two.replace("c: 1", "c: 2").replace("a: 1", "a: 2"),
    };
    expect(await structuralMerge("a.yml", sides)).toBe("a: 2\n---\nb: 2\nc: 2\n");
  });
});

describe("JSON merged by structure", () => {
  const json = (value: unknown, indent = 2): string => `${JSON.stringify(value, null, indent)}\n`;

  it("JSON merges both sides' keys and keeps the indentation", async () => {
    const sides = {
      base: json({ a: 1, z: 1 }),
      ours: json({ a: 1, mine: [1], z: 1 }, 4),
      theirs: json({ a: 2, new: { b: 1 }, z: 1 }),
    };
    expect(await structuralMerge("a.json", sides)).toBe(json({ a: 2, new: { b: 1 }, mine: [1], z: 1 }, 4));
  });

  it("JSON is not merged by structure if both changed the same value, or for invalid JSON", async () => {
    expect(
      await structuralMerge("a.json", {
        base: json({ a: 1 }),
        ours: json({ a: 2 }),
        theirs: json({ a: 3 }),
      }),
    ).toBeUndefined();
    expect(await structuralMerge("a.json", { base: "{}", ours: "{,}", theirs: json({ a: 3 }) })).toBeUndefined();
  });
});

describe("other files", () => {
  it("Other files are never merged by structure", async () => {
    expect(await structuralMerge("a.ini", { base: "a = 1", ours: "a = 1", theirs: "a = 2" })).toBeUndefined();
  });
});
