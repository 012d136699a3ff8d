import { describe, expect, it } from "vitest";
import { parseManifest } from "./parse-manifest.ts";

describe("parseManifest", () => {
  it("A manifest that is not YAML, or not an object, is rejected with its location", () => {
    expect(() => parseManifest("a: [", "deploy/a.yaml")).toThrow(/^deploy\/a\.yaml:1:\d+: /);
    const second = "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n---\nkind: Service\n";
    expect(() => parseManifest(second, "deploy/a.yaml")).toThrow(/^deploy\/a\.yaml:6:1: expected apiVersion/);
  });
});
