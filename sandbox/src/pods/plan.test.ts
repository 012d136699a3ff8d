import { describe, expect, it } from "vitest";
import { container, nothing, over, running, seen, trialPod, up } from "../../../test/support/trial-pod.ts";
import { planPod } from "./plan.ts";

const sidecar = container("proxy", { restartPolicy: "Always" });
const init = container("init");
const meshed = trialPod({ initContainers: [sidecar, init], containers: [container("app"), container("other")] });
const starts = (pod: Parameters<typeof planPod>[0], of: Parameters<typeof seen>[0]) => planPod(pod, seen(of), 0).start;

describe("planPod", () => {
  it("Init containers start one after the other, sidecars next to them, and then all others together", () => {
    expect(starts(meshed, {})).toEqual(["proxy"]);
    expect(starts(meshed, { proxy: { ...up, started: false } })).toEqual([]);
    expect(starts(meshed, { proxy: up })).toEqual(["init"]);
    expect(starts(meshed, { proxy: up, init: up })).toEqual([]);
    expect(starts(meshed, { proxy: up, init: over(0) })).toEqual(["app", "other"]);
  });

  it("An init container that failed is started again, unless the pod never restarts", () => {
    const pod = trialPod({ initContainers: [init] });
    expect(starts(pod, { init: over(1) })).toEqual(["init"]);
    const never = trialPod({ initContainers: [init], restartPolicy: "Never" });
    expect(planPod(never, seen({ init: over(1) }), 0)).toEqual({ start: [], stop: [], outcome: "Failed" });
  });

  it("A sidecar is restarted without delaying containers that have started", () => {
    expect(starts(meshed, { proxy: over(1), init: over(0), app: up, other: over(1) })).toEqual(["proxy", "other"]);
  });

  it("A container waits for its back-off, and the plan returns its end", () => {
    const pod = trialPod();
    const crashed = { ...over(1), retryAt: 12_000 };
    expect(planPod(pod, seen({ app: crashed }), 11_999)).toEqual({ start: [], stop: [], wakeAt: 12_000 });
    expect(planPod(pod, seen({ app: crashed }), 12_000).start).toEqual(["app"]);
  });

  it.each([
    ["Always", 0, ["app"], undefined],
    ["OnFailure", 1, ["app"], undefined],
    ["OnFailure", 0, [], "Succeeded"],
    ["Never", 0, [], "Succeeded"],
    ["Never", 3, [], "Failed"],
  ] as const)(
    "With restartPolicy %s and exit code %i, a container that ended starts %j, and the pod's phase becomes %s",
    (restartPolicy, code, start, outcome) => {
      const plan = planPod(trialPod({ restartPolicy }), seen({ app: over(code) }), 0);
      expect([plan.start, plan.outcome]).toEqual([start, outcome]);
    },
  );

  it("Sidecars are ended in reverse order when the pod's own containers are done", () => {
    const second = container("agent", { restartPolicy: "Always" });
    const pod = trialPod({ initContainers: [sidecar, second], restartPolicy: "Never" });
    const plan = planPod(pod, seen({ proxy: up, agent: up, app: over(0) }), 0);
    expect(plan).toEqual({ start: [], stop: ["agent", "proxy"], outcome: "Succeeded" });
  });

  it("A container that is running or starting is not started", () => {
    expect(starts(trialPod(), { app: up })).toEqual([]);
    expect(starts(trialPod(), { app: { ...nothing, run: { ...running(), state: "starting" } } })).toEqual([]);
  });
});
