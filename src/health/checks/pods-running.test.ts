import { describe, expect, it } from "vitest";
import { askOne } from "../../../test/support/health-trial.ts";
import { ago, crashing, deployment, inState, job, node, pod, starting } from "../../../test/support/kube-objects.ts";
import type { Finding } from "../../core/finding.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { podsRunning } from "./pods-running.ts";

async function findingsOf(...objects: readonly KubeObject[]): Promise<readonly Finding[]> {
  return (await askOne(podsRunning, { objects: [node("n1"), ...objects] })).findings;
}

const evicted = { phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory." } as const;
const ended = { ...inState({ terminated: { exitCode: 3, reason: "Error" } }), phase: "Failed" } as const;

describe("pods/running", () => {
  it("Pods of an unhealthy workload are left to the workload's finding", async () => {
    const findings = await findingsOf(deployment("a", { availableReplicas: 0 }), pod("a1", crashing, "a"));
    expect(findings).toMatchObject([{ severity: "ok", subject: "1 pod" }]);
  });

  it("A pod that nothing will replace fails, and one of a healthy owner is a warning", async () => {
    expect(await findingsOf(pod("bare", crashing))).toMatchObject([
      { severity: "fail", subject: "pod shop/bare", summary: expect.stringContaining("exit code 137 (OOMKilled)") },
    ]);
    expect(await findingsOf(deployment("a"), pod("a0", evicted, "a"))).toMatchObject([
      { severity: "warn", subject: "pod shop/a0", summary: "Evicted: The node was low on resource: memory." },
    ]);
  });

  it("Pods may take some time to start and to end, but not forever", async () => {
    expect(await findingsOf(pod("bare", starting))).toMatchObject([{ severity: "ok" }]);
    const terminating = pod("a0", { phase: "Running" }, "a");
    const since = (minutes: number) => ({
      ...terminating,
      metadata: { ...terminating.metadata, deletionTimestamp: ago(minutes) },
    });
    expect(await findingsOf(deployment("a"), since(1))).toMatchObject([{ severity: "ok" }]);
    expect(await findingsOf(deployment("a"), since(11))).toMatchObject([
      { severity: "warn", summary: "is being deleted" },
    ]);
  });
});

describe("Jobs", () => {
  const owned = { kind: "Job", name: "migrate" };

  it("A failed Job is one finding, whatever pods it left", async () => {
    expect(await findingsOf(job("migrate", "Failed"), pod("m1", ended, owned), pod("m2", ended, owned))).toMatchObject([
      { severity: "fail", subject: "job shop/migrate", summary: "BackoffLimitExceeded: too often" },
    ]);
  });

  it("Failed attempts do not count for a Job that completed", async () => {
    expect(await findingsOf(job("migrate", "Complete"), pod("m1", ended, owned))).toMatchObject([{ severity: "ok" }]);
  });

  it("A Job that is still retrying is a warning", async () => {
    expect(await findingsOf(job("migrate", undefined), pod("m1", ended, owned))).toMatchObject([
      { severity: "warn", subject: "pod shop/m1", summary: "container app ended with exit code 3" },
    ]);
  });

  it("Only the newest run of a CronJob counts", async () => {
    const failed = job("report-1", "Failed", ago(120), "report");
    const made = pod("r2", { phase: "Succeeded" }, { kind: "Job", name: "report-2" });
    expect(await findingsOf(failed, job("report-2", "Complete", ago(60), "report"), made)).toMatchObject([
      { severity: "ok" },
    ]);
    expect(await findingsOf(job("report-0", "Complete", ago(180), "report"), failed)).toMatchObject([
      { severity: "fail", subject: "job shop/report-1" },
    ]);
  });
});
