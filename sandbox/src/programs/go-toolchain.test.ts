import { describe, expect, it } from "vitest";
import { buildEnvironment, isAtLeast, parseGoVersion } from "./go-toolchain.ts";

describe("isAtLeast", () => {
  it.each([
    ["1.26.8", "1.26.0", true],
    ["1.27", "1.26.0", true],
    ["1.26", "1.26.0", true],
    ["1.9.3", "1.26.0", false],
    ["1.25.12", "1.26.0", false],
    ["3.9.18", "3.10", false],
    ["3.10.1", "3.10", true],
  ])("isAtLeast returns whether %s is at least %s: %s", (found, needed, expected) => {
    expect(isAtLeast(found, needed)).toBe(expected);
  });
});

describe("parseGoVersion", () => {
  it("parseGoVersion accepts releases and release candidates", () => {
    expect(parseGoVersion("go version go1.26.8 linux/amd64")).toBe("1.26.8");
    expect(parseGoVersion("go version go1.27rc1 darwin/arm64")).toBe("1.27");
    expect(parseGoVersion("go version devel")).toBeUndefined();
  });
});

describe("buildEnvironment", () => {
  it("buildEnvironment has its own caches and none of the user's flags", () => {
    const env = buildEnvironment("/work", {
      env: { GOFLAGS: "-race", GOPROXY: "https://proxy.acme.example", GONE: undefined },
    });
    expect(env).toMatchObject({ GOCACHE: "/work/gocache", GOPROXY: "https://proxy.acme.example", CGO_ENABLED: "0" });
    expect(env["GOFLAGS"]).not.toContain("-race");
    expect(env).not.toHaveProperty("GONE");
  });
});
