import { describe, expect, it } from "vitest";
import { parsePodFault, parsePodName } from "./pod-fault.ts";

const none = { status: undefined, latency: undefined, down: false, nack: false };

describe("the fault of a pod", () => {
  it("The fault of a pod is written as the JSON that its runtime reads", () => {
    expect(parsePodFault({ ...none, status: 503, latency: 2_000 })).toEqual({
      text: '{"status":503,"latencyMs":2000}',
      nack: false,
    });
    expect(parsePodFault({ ...none, down: true })).toEqual({ text: '{"down":true}', nack: false });
  });

  it("The fault of a pod may concern its sidecar only", () => {
    expect(parsePodFault({ ...none, nack: true })).toEqual({ text: undefined, nack: true });
  });

  it.each([none, { ...none, status: 99 }, { ...none, down: true, status: 503 }])("The fault of a pod is rejected: %o", (flags) => {
    expect(() => parsePodFault(flags)).toThrow(expect.objectContaining({ code: "USAGE_INVALID" }));
  });
});

describe("the pod of a fault", () => {
  it("The pod of a fault has its own namespace, or that of -n", () => {
    expect(parsePodName("shop/web-1", "other")).toEqual({ namespace: "shop", name: "web-1" });
    expect(parsePodName("web-1", "shop")).toEqual({ namespace: "shop", name: "web-1" });
  });

  it.each(["moon", "a/b/c", "shop/../x", "/x", "shop/"])("The pod of a fault is rejected: %s", (what) => {
    expect(() => parsePodName(what, undefined)).toThrow(expect.objectContaining({ code: "USAGE_INVALID" }));
  });
});
