import { describe, expect, it } from "vitest";
import { requireName, requireRegions } from "./names.ts";

describe("requireName", () => {
  it.each(["default", "a", "blue-2"])("takes %s", (name) => expect(requireName(name)).toBe(name));
  it.each(["", "..", "a/b", "A", "-a", "a-", "1a", "x".repeat(33)])("refuses %j", (name) => {
    expect(() => requireName(name)).toThrow(/is not a name/);
  });
});

describe("requireRegions", () => {
  it("takes none as a wish for the default", () => expect(requireRegions([])).toBeUndefined());
  it("takes AWS regions", () => expect(requireRegions(["eu-west-1", "us-gov-east-1"])).toHaveLength(2));
  it("refuses what is none, and doubles", () => {
    expect(() => requireRegions(["europe"])).toThrow(/"europe" is not an AWS region/);
    expect(() => requireRegions(["eu-west-1", "eu-west-1"])).toThrow(/given twice/);
  });
});
