import { describe, expect, it } from "vitest";
import { askOne, type HealthTrial } from "../../test/support/health-trial.ts";
import {
  ago,
  crashing,
  daemonSet,
  deployment,
  inState,
  node,
  notPulled,
  pod,
  starting,
  statefulSet,
  unready,
  unschedulable,
} from "../../test/support/kube-objects.ts";
import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import { nodesReady } from "./checks/nodes-ready.ts";
import { workloadsAvailable } from "./checks/workloads-available.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";

const check = (trial: HealthTrial) => askOne(workloadsAvailable, trial);
const besideNodes = (trial: HealthTrial) => askOne(workloadsAvailable, trial, [nodesReady]);

async function findingsOf(...objects: readonly KubeObject[]): Promise<readonly Finding[]> {
  return (await check({ objects: [node("n1"), ...objects] })).findings;
}

const short = { availableReplicas: 1, readyReplicas: 1 };
const rolling = { ...short, updatedReplicas: 2 };
const stalled = {
  ...rolling,
  conditions: [
    { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "timed out progressing" },
  ],
} as const;

describe("workloads/available", () => {
  it("Healthy workloads are one finding, and no pods are read for it", async () => {
    const { findings, cluster } = await check({ objects: [deployment("a"), statefulSet("b"), daemonSet("c")] });
    expect(findings).toMatchObject([
      { severity: "ok", subject: "3 workloads", summary: "all available", evidence: { available: 3, total: 3 } },
    ]);
    expect(cluster.reads).toEqual(["list Deployment", "list StatefulSet", "list DaemonSet"]);
  });

  it("An unhealthy workload is one finding, however many pods it has, in addition to the ok one", async () => {
    const findings = await findingsOf(
      deployment("ok"),
      deployment("a", short),
      pod("a1", crashing, "a"),
      pod("a2", crashing, "a"),
    );
    expect(findings).toMatchObject([
      {
        severity: "fail",
        subject: "deployment shop/a",
        summary:
          "1 of 3 available: 2 of its pods are unhealthy: container app keeps crashing (CrashLoopBackOff): exit code 137 (OOMKilled), 12 restarts",
        fix: "kubectl --context eu -n shop logs a1 -c app --previous",
      },
      { severity: "ok", subject: "1 workload" },
    ]);
  });

  it.each([
    ["image acme/orders:2 cannot be pulled (ImagePullBackOff): not found", notPulled, "fail"],
    ["cannot be scheduled: 0/3 nodes are available", unschedulable, "fail"],
    ["container app is running but not ready", unready, "warn"],
    ["container app is starting (ContainerCreating)", starting, "warn"],
  ] as const)("workloads/available reports %s", async (why, status, severity) => {
    const [finding] = await findingsOf(deployment("a", short), pod("a1", status, "a"));
    expect(finding).toMatchObject({ severity, summary: expect.stringContaining(why) });
  });

  it("A pod that has been starting for longer than the rollout's deadline is a failure", async () => {
    const late = deployment("a", short, { progressDeadlineSeconds: 60 });
    expect(await findingsOf(late, pod("a1", starting, "a"))).toMatchObject([{ severity: "fail" }]);
  });

  it("A rollout in progress is a warning, and a stalled one is a failure", async () => {
    expect(await findingsOf(deployment("a", rolling), pod("a1", unready, "a"))).toMatchObject([
      {
        severity: "warn",
        summary: expect.stringContaining("1 of 3 available: rolling out; 1 of its pods is unhealthy"),
      },
    ]);
    expect(await findingsOf(deployment("a", stalled), pod("a1", unready, "a"))).toMatchObject([
      { severity: "fail", summary: expect.stringContaining("the rollout is stalled; 1 of its pods is unhealthy") },
    ]);
    expect(await findingsOf(deployment("a", stalled))).toMatchObject([
      { severity: "fail", summary: "1 of 3 available: the rollout is stalled: timed out progressing" },
    ]);
  });

  it("A new version that crashes is reported while the old pod still serves", async () => {
    const counts = { replicas: 2, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
    const [finding] = await findingsOf(deployment("a", counts, { replicas: 1 }), pod("a2", crashing, "a"));
    expect(finding).toMatchObject({
      severity: "fail",
      summary: expect.stringContaining("1 of 1 available: rolling out; 1 of its pods"),
    });
  });

  it("A paused rollout, and a change that the controller has not observed, are warnings", async () => {
    const paused = deployment("a", rolling, { paused: true });
    expect(await findingsOf(paused)).toMatchObject([
      { severity: "warn", summary: "1 of 3 available: its rollout is paused" },
    ]);
    const unseen = deployment("a", { observedGeneration: 0 });
    expect(await findingsOf(unseen)).toMatchObject([{ severity: "warn", summary: "3 of 3 available: rolling out" }]);
  });

  it("The quota that prevents a Deployment's pods from being created is named", async () => {
    const message = 'pods "a-1" is forbidden: exceeded quota: q';
    const conditions = [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message }] as const;
    expect(await findingsOf(deployment("a", { ...short, conditions }))).toMatchObject([
      { severity: "fail", summary: `1 of 3 available: pods cannot be created: ${message}` },
    ]);
  });

  it("Events show why a StatefulSet has no pods", async () => {
    const warning = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "e", namespace: "shop" },
      reason: "FailedCreate",
      involvedObject: { kind: "StatefulSet", name: "db" },
      message: "exceeded quota",
    };
    expect(await findingsOf(statefulSet("db", { availableReplicas: 0, updatedReplicas: 0 }), warning)).toMatchObject([
      { severity: "fail", summary: "0 of 3 available: exceeded quota" },
    ]);
  });

  it("Pods that a StatefulSet intentionally leaves at an older version are healthy", async () => {
    const partition = { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } };
    expect(await findingsOf(statefulSet("a", { updatedReplicas: 1 }, partition))).toMatchObject([{ severity: "ok" }]);
    const onDelete = { updateStrategy: { type: "OnDelete" } };
    expect(await findingsOf(statefulSet("a", { updatedReplicas: 0 }, onDelete))).toMatchObject([{ severity: "ok" }]);
  });

  it("A lost node is the cause if all unhealthy pods were on it", async () => {
    const lost = node("n1", [{ type: "Ready", status: "Unknown", lastTransitionTime: ago(5) }]);
    const { findings } = await besideNodes({ objects: [lost, deployment("a", short), pod("a1", unready, "a")] });
    expect(findings[0]?.cause).toBe("nodes/ready");
    expect((await findingsOf(deployment("a", short), pod("a1", unready, "a")))[0]?.cause).toBeUndefined();
  });

  it("A pod on a lost node is unhealthy, whatever its last status", async () => {
    const lost = node("n1", [{ type: "Ready", status: "Unknown", lastTransitionTime: ago(5) }]);
    const { containerStatuses } = inState({ running: {} }, { ready: true });
    const looksWell = { ...unready, containerStatuses: containerStatuses ?? [] };
    const { findings } = await besideNodes({ objects: [lost, deployment("a", short), pod("a1", looksWell, "a")] });
    expect(findings).toMatchObject([
      {
        severity: "fail",
        summary: "1 of 3 available: 1 of its pods is unhealthy: its node is not ready",
        cause: "nodes/ready",
      },
    ]);
  });

  it("Workloads that are scaled to zero count, too", async () => {
    const none = { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
    expect(await findingsOf(deployment("a", none, { replicas: 0 }))).toMatchObject([{ severity: "ok" }]);
  });

  it("A namespace that does not exist is not healthy", async () => {
    const shop = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };
    const ask = async (namespace: string) => (await check({ objects: [shop], namespace })).findings;
    expect(await ask("shop")).toMatchObject([{ severity: "skip", subject: "workloads" }]);
    expect(await ask("shpo")).toMatchObject([
      { severity: "fail", subject: "namespace shpo", summary: "does not exist" },
    ]);
  });

  it("Kinds that may be read are shown if others are forbidden", async () => {
    const denied = new AppError("KUBE_DENIED", "daemonsets are forbidden");
    const { findings } = await check({ objects: [deployment("a")], errors: { DaemonSet: denied } });
    expect(findings).toMatchObject([
      { severity: "unknown", subject: "daemonsets", obstacle: "denied", summary: "daemonsets are forbidden" },
      { severity: "ok", subject: "1 workload" },
    ]);
  });

  it("A rollout whose pods may not be read is not ok", async () => {
    const denied = new AppError("KUBE_DENIED", "pods are forbidden");
    const { findings } = await check({
      objects: [deployment("a", rolling), deployment("b", stalled)],
      errors: { Pod: denied },
    });
    expect(findings).toMatchObject([
      {
        severity: "unknown",
        obstacle: "denied",
        summary: "1 of 3 available: rolling out (its pods could not be read)",
      },
      { severity: "fail", summary: expect.stringContaining("stalled") },
    ]);
  });
});

describe("reading pods", () => {
  it("Only unhealthy pods are read completely", async () => {
    const well = inAll(40, "well", {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [{ name: "app", image: "i", ready: true, restartCount: 0 }],
    });
    const { cluster } = await check({
      objects: [node("n1"), deployment("a", short), ...well, pod("a1", crashing, "a")],
    });
    expect(cluster.reads.filter((read) => read.includes("Pod"))).toEqual(["table Pod", "list Pod metadata.name=a1"]);
  });

  it("All pods are read once if many are unhealthy", async () => {
    const { cluster, findings } = await check({
      objects: [node("n1"), deployment("a", short), ...inAll(60, "a", crashing)],
    });
    expect(cluster.reads.filter((read) => read.includes("Pod"))).toEqual(["table Pod", "list Pod"]);
    expect(findings[0]?.summary).toContain("60 of its pods are unhealthy");
  });

  function inAll(count: number, owner: string, status: Parameters<typeof pod>[1]) {
    return Array.from({ length: count }, (_, index) => pod(`${owner}-${index}`, status, owner));
  }
});
