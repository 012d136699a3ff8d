import { describe, expect, it } from "vitest";
import { application, project } from "../../../test/support/applications.ts";
import { askOne, type HealthTrial } from "../../../test/support/health-trial.ts";
import { ago, deployment } from "../../../test/support/kube-objects.ts";
import type { Check } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import type { HealthContext } from "../health-context.ts";
import { gitopsController } from "./gitops-controller.ts";
import { gitopsHealth } from "./gitops-health.ts";
import { gitopsOperation } from "./gitops-operation.ts";
import { gitopsSource } from "./gitops-source.ts";
import { gitopsSync } from "./gitops-sync.ts";
import { gitopsWindow } from "./gitops-window.ts";

type Status = Parameters<typeof application>[1];

/** `severity subject: summary (cause)` of each finding. */
async function ask(check: Check<HealthContext>, trial: HealthTrial): Promise<string[]> {
  const { findings } = await askOne(check, trial);
  return findings.map(({ severity, subject, summary, cause }) =>
    [`${severity} ${subject}: ${summary}`, ...(cause === undefined ? [] : [`(${cause})`])].join(" "),
  );
}
const one = (check: Check<HealthContext>, status: Status, more: Parameters<typeof application>[2] = {}) =>
  ask(check, { objects: [application("orders", status, more), project("default")] });

const outOfSync: Status = {
  sync: { status: "OutOfSync" },
  resources: [{ kind: "Deployment", namespace: "shop", name: "orders", status: "OutOfSync" }],
};
const state = (phase: string, more: object = {}): NonNullable<Status> =>
  ({
    operationState: {
      operation: { initiatedBy: { username: "jo" } },
      phase,
      message: "said",
      startedAt: ago(45),
      ...more,
    },
  }) as NonNullable<Status>;

describe("a cluster where all is well", () => {
  it("has an ok of each check", async () => {
    const objects = [application("orders", { reconciledAt: ago(1) }), project("default")];
    const checks = [gitopsController, gitopsSource, gitopsOperation, gitopsWindow, gitopsSync, gitopsHealth];
    expect((await Promise.all(checks.map((check) => ask(check, { objects })))).flat()).toEqual([
      "ok Argo CD: compared the last Application 1m00s ago",
      "ok application orders: what Git holds can be read",
      "ok application orders: no sync failed or is stuck",
      "ok application orders: no sync window keeps a change away",
      "ok application orders: as Git has them",
      "ok application orders: healthy",
    ]);
  });
});

describe("gitops/controller", () => {
  it("has nothing to ask where there is no Application, and is not well where it was refused", async () => {
    expect(await ask(gitopsController, {})).toEqual(["skip Argo CD: there is no Application"]);
    expect(await ask(gitopsSync, {})).toEqual([]);
    const errors = { Application: new AppError("KUBE_DENIED", "forbidden") };
    expect(await ask(gitopsController, { errors })).toEqual(["unknown Argo CD: forbidden"]);
  });

  it("fails where nothing was compared for three times as long as it should", async () => {
    expect(await one(gitopsController, { reconciledAt: ago(10) })).toEqual([
      "fail Argo CD: its controller does not run or cannot keep up: compared the last Application 10m00s ago, and should every 3m00s",
    ]);
    const { reconciledAt: _, ...status } = application("orders").status ?? {};
    const objects = [{ ...application("orders"), status }];
    expect(await ask(gitopsController, { objects })).toEqual(["fail Argo CD: has not compared any Application yet"]);
  });

  it("goes by what Argo CD is told, and says nothing of the age where it compares only when asked", async () => {
    const settings = (value: string) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "argocd-cm", namespace: "argocd" },
      data: { "timeout.reconciliation": value },
    });
    const old = application("orders", { reconciledAt: ago(10) });
    expect((await ask(gitopsController, { objects: [old, settings("10m")] }))[0]).toContain("ok Argo CD");
    expect((await ask(gitopsController, { objects: [old, settings("0s")] }))[0]).toContain("ok Argo CD");
  });

  it("narrows to what deploys into the namespace that is looked at", async () => {
    const objects = [application("orders"), application("payments", { health: { status: "Degraded" } })];
    expect(await ask(gitopsHealth, { objects, namespace: "orders" })).toEqual(["ok application orders: healthy"]);
  });
});

describe("gitops/source", () => {
  it("is one finding for all that have the same trouble", async () => {
    const conditions = [{ type: "ComparisonError", message: "rpc error:\n connection refused" }];
    const objects = ["a", "b", "c", "d", "e"].map((name) => application(name, { conditions }));
    expect(await ask(gitopsSource, { objects: [...objects, application("well")] })).toEqual([
      "fail 5 applications (a, b, c and 2 more): rpc error: connection refused",
    ]);
  });
});

describe("gitops/operation", () => {
  it("tells a sync that failed, and takes it less hard where all is as it should be", async () => {
    const failed = state("Failed", { finishedAt: ago(44) });
    expect(await one(gitopsOperation, { ...outOfSync, ...failed })).toEqual([
      "fail application orders: the last sync (jo) failed: said",
    ]);
    const sameCommit = state("Failed", { syncResult: { revision: "c0ffee0" } });
    expect((await one(gitopsOperation, sameCommit))[0]).toContain("fail");
    expect((await one(gitopsOperation, state("Failed", { syncResult: { revision: "bad" } })))[0]).toContain("warn");
    const conditions = [{ type: "ComparisonError", message: "no such revision" }];
    expect((await one(gitopsOperation, { ...outOfSync, ...failed, conditions }))[0]).toContain("(gitops/source)");
  });

  it("tells one that is tried again from one that is stuck, and leaves one that runs alone", async () => {
    const running = { operation: { initiatedBy: { username: "jo" } } };
    const retry = state("Running", { finishedAt: ago(1), retryCount: 2 });
    expect(await one(gitopsOperation, retry, running)).toEqual([
      "warn application orders: a sync failed and is tried again (2): said",
    ]);
    expect(await one(gitopsOperation, state("Running"), running)).toEqual([
      "fail application orders: a sync (jo) runs for 45m00s: said",
    ]);
    expect((await one(gitopsOperation, state("Running", { startedAt: ago(5) }), running))[0]).toContain("ok");
  });
});

describe("gitops/sync and gitops/window", () => {
  it("warn of what is out of sync, and show how to mend it", async () => {
    const { findings } = await askOne(gitopsSync, { objects: [application("orders", outOfSync), project("default")] });
    expect(findings).toMatchObject([
      { severity: "warn", summary: "out of sync: Deployment orders", fix: "gennet sync orders --region eu" },
    ]);
    expect((await one(gitopsSync, outOfSync, { operation: {} }))[0]).toContain("ok");
  });

  it("fold it under a sync that failed, a window that is closed, or a source that cannot be read", async () => {
    expect((await one(gitopsSync, { ...outOfSync, ...state("Error") }))[0]).toContain("(gitops/operation)");
    const deny = { kind: "deny", schedule: "* * * * *", duration: "1h", applications: ["*"] };
    const objects = [application("orders", outOfSync), project("default", [deny])];
    expect((await ask(gitopsSync, { objects }))[0]).toContain("(gitops/window)");
    expect((await ask(gitopsWindow, { objects }))[0]).toContain(
      "warn application orders: out of sync, and the deny window",
    );
    const conditions = [{ type: "ComparisonError", message: "no such revision" }];
    const unread = await one(gitopsSync, { sync: { status: "Unknown" }, conditions });
    expect(unread).toEqual(["unknown application orders: not compared with Git (gitops/source)"]);
  });
});

describe("gitops/health", () => {
  const degraded: Status = {
    health: { status: "Degraded" },
    resources: [
      { kind: "Deployment", namespace: "shop", name: "orders", health: { status: "Degraded", message: "0 of 3" } },
    ],
  };

  it("fails, as a symptom where the workload says why", async () => {
    const well = [application("orders", degraded), deployment("orders")];
    expect(await ask(gitopsHealth, { objects: well })).toEqual([
      "fail application orders: degraded: Deployment orders (0 of 3)",
    ]);
    const broken = [application("orders", degraded), deployment("orders", { availableReplicas: 0 })];
    expect((await ask(gitopsHealth, { objects: broken }))[0]).toContain("(workloads/available)");
    // As Argo CD has it by default: without the health of each resource.
    const resources = [{ kind: "Deployment", namespace: "shop", name: "orders" }];
    const bare = application("orders", { health: { status: "Degraded" }, resources });
    expect(await ask(gitopsHealth, { objects: [bare, deployment("orders", { availableReplicas: 0 })] })).toEqual([
      "fail application orders: degraded: Deployment orders (workloads/available)",
    ]);
    expect(await ask(gitopsHealth, { objects: [bare, deployment("orders")] })).toEqual([
      "fail application orders: degraded",
    ]);
  });

  it("warns of what comes up, and of what was never deployed", async () => {
    expect((await one(gitopsHealth, { health: { status: "Progressing" } }))[0]).toContain("warn");
    expect(await one(gitopsHealth, { ...outOfSync, health: { status: "Missing" } })).toEqual([
      "warn application orders: missing (gitops/sync)",
    ]);
    expect((await one(gitopsHealth, { health: { status: "Missing" } }))[0]).toContain("fail");
    expect((await one(gitopsHealth, { health: { status: "Unknown" } }))[0]).toContain("unknown");
    expect((await one(gitopsHealth, { health: { status: "Suspended" } }))[0]).toContain("ok");
  });
});
