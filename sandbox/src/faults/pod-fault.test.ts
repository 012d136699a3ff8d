import { describe, expect, it } from "vitest";
import { parsePodFault, parsePodName } from "./pod-fault.ts";

const none = { status: undefined, latency: undefined, down: false, nack: false };

describe("what is wrong with a pod", () => {
  it("is said in the text that its runtime reads", () => {
    expect(parsePodFault({ ...none, status: 503, latency: 2_000 })).toEqual({
      text: '{"status":503,"latencyMs":2000}',
      nack: false,
    });
    expect(parsePodFault({ ...none, down: true })).toEqual({ text: '{"down":true}', nack: false });
  });

  it("may be its sidecar's alone", () => {
    expect(parsePodFault({ ...none, nack: true })).toEqual({ text: undefined, nack: true });
  });

  it.each([none, { ...none, status: 99 }, { ...none, down: true, status: 503 }])("%o is refused", (flags) => {
    expect(() => parsePodFault(flags)).toThrow(expect.objectContaining({ code: "USAGE_INVALID" }));
  });
});

describe("a pod's name", () => {
  it("has its namespace, or that of -n", () => {
    expect(parsePodName("shop/web-1", "other")).toEqual({ namespace: "shop", name: "web-1" });
    expect(parsePodName("web-1", "shop")).toEqual({ namespace: "shop", name: "web-1" });
  });

  it.each(["moon", "a/b/c", "shop/../x", "/x", "shop/"])("%s is refused", (what) => {
    expect(() => parsePodName(what, undefined)).toThrow(expect.objectContaining({ code: "USAGE_INVALID" }));
  });
});
