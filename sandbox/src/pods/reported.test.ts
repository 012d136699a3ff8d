import { expect, it } from "vitest";
import type { PodStatus } from "./pod.ts";
import { isReported, wasReady } from "./reported.ts";

const status: PodStatus = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };

it("A stored status is recognised, whatever other clients added to it", () => {
  const conditions = [
    { type: "Ready", status: "True", lastProbeTime: null },
    { type: "PodScheduled", status: "True" },
  ] as const;
  expect(isReported(status, { ...status, conditions, qosClass: "Burstable" })).toBe(true);
  expect(isReported(status, { ...status, conditions: [{ type: "Ready", status: "False" }] })).toBe(false);
  expect(isReported(status, { ...status, phase: "Pending" })).toBe(false);
  expect(isReported(status, undefined)).toBe(false);
});

it("The reported status of a container is found, including those of init containers", () => {
  const stored = {
    containerStatuses: [{ name: "app", ready: true }],
    initContainerStatuses: [{ name: "proxy", ready: true }],
  };
  expect(["app", "proxy", "none"].map((name) => wasReady(name, stored))).toEqual([true, true, false]);
});
