import { describe, expect, it } from "vitest";
import { requireName, requireRegions } from "./names.ts";

describe("requireName", () => {
  it.each(["default", "a", "blue-2"])("A sandbox may be called %s", (name) => expect(requireName(name)).toBe(name));
  it.each(["", "..", "a/b", "A", "-a", "a-", "1a", "x".repeat(33)])("A sandbox cannot be called %j", (name) => {
    expect(() => requireName(name)).toThrow(/is not a name/);
  });
});

describe("requireRegions", () => {
  it("--regions is undefined if no region is given", () => expect(requireRegions([])).toBeUndefined());
  it("--regions accepts AWS regions", () => expect(requireRegions(["eu-west-1", "us-gov-east-1"])).toHaveLength(2));
  it("--regions rejects other names, and duplicates", () => {
    expect(() => requireRegions(["europe"])).toThrow(/"europe" is not an AWS region/);
    expect(() => requireRegions(["eu-west-1", "eu-west-1"])).toThrow(/given twice/);
  });
});
