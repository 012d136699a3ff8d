import type { Condition } from "../../../src/core/kubernetes/object.ts";
import { describe, expect, it } from "vitest";
import { container, ended, nothing, over, seen, trialPod, up } from "../../../test/support/trial-pod.ts";
import type { Observations } from "./plan.ts";
import type { Pod } from "./pod.ts";
import { podStatus } from "./pod-status.ts";

const addresses = { podIP: "100.64.0.2", hostIP: "100.64.0.1" };
const images = [{ name: "app", folder: "/src/app", entrypoint: ["run"], cmd: [], env: {} }];
const status = (pod: Pod, observed: Observations) =>
  podStatus(pod, { observed, addresses, images, startTime: 500, now: 5_000 });
const conditions = (of: ReturnType<typeof status>): Record<string, string> =>
  Object.fromEntries((of.conditions as readonly Condition[]).map((each) => [each.type, each.status]));
const one = (of: ReturnType<typeof status>) => (of["containerStatuses"] as readonly object[])[0];

describe("podStatus", () => {
  it("A pod is Pending before anything runs, and may have no address", () => {
    const found = podStatus(trialPod(), { observed: seen({}), images, startTime: 500, now: 5_000 });
    expect(found).toMatchObject({ phase: "Pending", startTime: "1970-01-01T00:00:00Z" });
    expect(found).not.toHaveProperty("podIP");
    expect(one(found)).toMatchObject({
      state: { waiting: { reason: "ContainerCreating" } },
      ready: false,
      restartCount: 0,
    });
    expect(conditions(found)).toMatchObject({
      PodReadyToStartContainers: "False",
      Initialized: "True",
      Ready: "False",
    });
  });

  it("A pod is Running and ready with its addresses, and the status has the run and the folder", () => {
    const found = status(trialPod(), seen({ app: up }));
    expect(found).toMatchObject({ phase: "Running", podIP: "100.64.0.2", hostIPs: [{ ip: "100.64.0.1" }] });
    expect(one(found)).toMatchObject({
      imageID: "folder:///src/app",
      containerID: "gennet://u1/app/0",
      started: true,
      ready: true,
      state: { running: { startedAt: "1970-01-01T00:00:01Z" } },
    });
    expect(conditions(found)).toEqual({
      PodReadyToStartContainers: "True",
      Initialized: "True",
      ContainersReady: "True",
      Ready: "True",
    });
  });

  it("A pod's status names the containers that are not ready", () => {
    const pod = trialPod({ containers: [container("app"), container("other")] });
    const found = status(pod, seen({ app: up, other: { ...up, ready: false } }));
    expect(found.conditions?.find(({ type }) => type === "Ready")).toMatchObject({
      status: "False",
      reason: "ContainersNotReady",
      message: "containers with unready status: [other]",
    });
  });

  it("A pod waits for readiness gates that other controllers open", () => {
    const spec = { readinessGates: [{ conditionType: "target-health" }] };
    expect(conditions(status(trialPod(spec), seen({ app: up })))).toMatchObject({
      ContainersReady: "True",
      Ready: "False",
    });
    const open: Partial<Pod> = { status: { conditions: [{ type: "target-health", status: "True" }] } };
    expect(conditions(status(trialPod(spec, open), seen({ app: up })))).toMatchObject({ Ready: "True" });
  });

  it("A pod's status counts restarts, and reports how the last run ended", () => {
    const waiting = { reason: "CrashLoopBackOff", message: "back-off 10s" };
    const crashed = { ...nothing, run: ended(7, 1), previous: ended(3), waiting };
    expect(one(status(trialPod(), seen({ app: crashed })))).toMatchObject({
      restartCount: 1,
      state: { waiting },
      lastState: { terminated: { exitCode: 7, reason: "Error", finishedAt: "1970-01-01T00:00:02Z" } },
    });
  });

  it("A container that ended and is not restarted is shown as terminated", () => {
    const waiting = { reason: "CrashLoopBackOff", message: "back-off 10s" };
    const leaving = trialPod();
    const pod = { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
    const found = status(pod, seen({ app: { ...over(143), waiting } }));
    expect(found.phase).toBe("Failed");
    expect(one(found)).toMatchObject({ state: { terminated: { exitCode: 143 } } });
  });

  it("A condition keeps its transition time only while it is unchanged", () => {
    const before: Partial<Pod> = {
      status: { conditions: [{ type: "Ready", status: "True", lastTransitionTime: "2020-01-01T00:00:00Z" }] },
    };
    const since = (observed: Observations) =>
      status(trialPod({}, before), observed).conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime;
    expect(since(seen({ app: up }))).toBe("2020-01-01T00:00:00Z");
    expect(since(seen({ app: over(1) }))).toBe("1970-01-01T00:00:05Z");
  });

  it("A pod is Running while its sidecar outlives a completed container, and then Succeeded", () => {
    const pod = trialPod({ restartPolicy: "Never", initContainers: [container("proxy", { restartPolicy: "Always" })] });
    expect(status(pod, seen({ proxy: up, app: over(0) })).phase).toBe("Running");
    expect(status(pod, seen({ proxy: over(0), app: over(0) })).phase).toBe("Succeeded");
  });
});
