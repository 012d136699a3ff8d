import { describe, expect, it } from "vitest";
import { application } from "../../test/support/applications.ts";
import { syncTrial } from "../../test/support/sync-trial.ts";
import { AppError } from "../core/error.ts";

const anotherUser = { initiatedBy: { username: "jo" } };

describe("a sync without obstacles", () => {
  it("A sync is done when its operation is done and the Application has been compared since", async () => {
    const { controller, done, told, tells } = await syncTrial();
    await tells("waiting for Argo CD's controller");
    expect(controller.current().operation).toEqual({
      initiatedBy: { username: "gennet" },
      info: [{ name: "gennet.id", value: "ours" }],
      sync: { source: controller.current().spec.source },
    });
    controller.runs({ message: "one of 3 done" });
    await tells("one of 3 done");
    controller.ends("Succeeded", { syncResult: { revision: "beef" } });
    await tells("next comparison");
    controller.compares({ health: { status: "Progressing" } });
    await tells("progressing");
    controller.compares();
    expect(await done).toEqual({
      region: "eu",
      namespace: "argocd",
      name: "orders",
      outcome: "succeeded",
      message: "",
      next: [],
      revisions: ["beef"],
      sync: "Synced",
      health: "Healthy",
      queuedMs: 0,
      retries: 0,
      durationMs: 0,
    });
    expect(told).toEqual([
      "requesting the sync",
      "waiting for Argo CD's controller",
      "one of 3 done",
      "waiting for the next comparison",
      "progressing",
    ]);
  });

  it("A sync takes options, retries and pruning from the Application's own policy", async () => {
    const policy = { automated: { prune: true }, syncOptions: ["ServerSideApply=true"], retry: { limit: 5 } };
    const before = application("orders", {}, { spec: { project: "default", syncPolicy: policy } });
    const { controller, tells, stop, done } = await syncTrial({ before });
    await tells("waiting for Argo CD's controller");
    expect(controller.current().operation).toMatchObject({
      retry: { limit: 5 },
      sync: { prune: true, syncOptions: ["ServerSideApply=true"] },
    });
    stop.abort(new AppError("TIMED_OUT", "Not done."));
    expect(await done).toMatchObject({
      outcome: "timed-out",
      message: "Not done. Last seen: waiting for Argo CD's controller; its request was withdrawn.",
    });
  });

  it("A sync does not wait with --async", async () => {
    const { done } = await syncTrial({ async: true });
    expect(await done).toMatchObject({ outcome: "requested" });
  });
});

describe("a failed operation", () => {
  it("A failed operation is reported with the messages of what failed", async () => {
    const { controller, done, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    const resources = [
      { kind: "Job", name: "migrate", hookPhase: "Failed", message: "BackoffLimitExceeded" },
      { kind: "Service", name: "orders", status: "Synced", message: "created" },
    ];
    controller.ends("Failed", {
      message: "one or more synchronization tasks completed unsuccessfully",
      syncResult: { resources },
    });
    const { outcome, message } = await done;
    expect(outcome).toBe("failed");
    expect(message).toBe(
      "one or more synchronization tasks completed unsuccessfully; Job migrate: BackoffLimitExceeded",
    );
  });

  it("A failed operation is not over while Argo CD pauses before a retry", async () => {
    const { controller, done, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    controller.runs({ finishedAt: "2026-01-02T03:04:08Z", retryCount: 1, message: "one failed. Retrying attempt #1" });
    await tells("pausing before try 2: one failed");
    controller.ends("Succeeded", { retryCount: 1 });
    controller.compares();
    expect(await done).toMatchObject({ outcome: "succeeded", retries: 1 });
  });
});

describe("an operation of another client", () => {
  it("An operation of another client is waited for before the sync", async () => {
    const { controller, clock, done, tells } = await syncTrial({
      before: application("orders", {}, { operation: anotherUser }),
    });
    await tells("waiting for another operation: jo");
    controller.runs();
    clock.pass(4_000);
    controller.ends("Succeeded");
    await tells("waiting for Argo CD's controller");
    controller.ends("Succeeded");
    controller.compares();
    expect(await done).toMatchObject({ outcome: "succeeded", behind: "jo", queuedMs: 4_000 });
  });

  it("An operation of another client makes the sync busy with --async", async () => {
    const { done } = await syncTrial({ before: application("orders", {}, { operation: anotherUser }), async: true });
    expect(await done).toMatchObject({
      outcome: "busy",
      message: "another operation is in progress: jo, which Argo CD's controller has not begun",
    });
  });

  it("An operation of another client supersedes the sync if it replaces its operation", async () => {
    const { controller, done, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    controller.ask({ initiatedBy: { automated: true } });
    expect(await done).toMatchObject({
      outcome: "superseded",
      message: "automated sync requested another sync before this one finished",
    });
  });

  it("An operation of another client supersedes the sync if it was the last one to run", async () => {
    const { cluster, controller, done, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    const { operation: _, ...rest } = controller.current();
    const operationState = { operation: anotherUser, phase: "Succeeded" as const, startedAt: "2026-01-02T03:05:00Z" };
    cluster.store({ ...rest, status: { ...rest.status, operationState } });
    expect(await done).toMatchObject({
      outcome: "superseded",
      message: "jo ran another sync before this one finished",
    });
  });

  it("An operation of another client supersedes a successful sync until its result was seen to be healthy", async () => {
    const { controller, done, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    controller.ends("Succeeded");
    await tells("next comparison");
    controller.ask({ initiatedBy: { automated: true } });
    const { outcome, message } = await done;
    expect([outcome, message]).toEqual([
      "superseded",
      "automated sync requested another sync after this one succeeded, but before it was seen to be healthy",
    ]);
  });
});

describe("a write", () => {
  it("A write that conflicts is repeated with the newer state", async () => {
    let first = true;
    const { controller, done, tells } = await syncTrial({
      adapter: (argocd) => ({
        ...argocd,
        requestSync: async (asked, request, signal) => {
          if (first) controller.compares({ health: { status: "Progressing" } });
          first = false;
          return argocd.requestSync(asked, request, signal);
        },
      }),
    });
    await tells("waiting for Argo CD's controller");
    controller.ends("Succeeded");
    controller.compares();
    expect(await done).toMatchObject({ outcome: "succeeded" });
  });

  it("A write whose response is lost is not repeated", async () => {
    let writes = 0;
    const { controller, clock, done, tells } = await syncTrial({
      adapter: (argocd) => ({
        ...argocd,
        requestSync: async (asked, request, signal) => {
          writes += 1;
          await argocd.requestSync(asked, request, signal);
          throw new AppError("KUBE_UNREACHABLE", "connection reset");
        },
      }),
    });
    await clock.asleep();
    clock.pass(1_000);
    await tells("waiting for Argo CD's controller");
    controller.ends("Succeeded");
    controller.compares();
    expect(await done).toMatchObject({ outcome: "succeeded" });
    expect(writes).toBe(1);
  });

  it.each([
    ["KUBE_DENIED", "denied"],
    ["KUBE_REJECTED", "failed"],
  ] as const)("A write that fails with %s ends as %s", async (code, outcome) => {
    const requestSync = async (): Promise<never> => Promise.reject(new AppError(code, "no"));
    const { done } = await syncTrial({ adapter: (argocd) => ({ ...argocd, requestSync }) });
    expect(await done).toMatchObject({ outcome, message: "no" });
  });
});

describe("a sync window", () => {
  const always = { kind: "deny", schedule: "* * * * *", duration: "1h", applications: ["*"] };

  it("A sync window that blocks syncs prevents the request", async () => {
    const { controller, done } = await syncTrial({ windows: [always] });
    expect(await done).toMatchObject({
      outcome: "blocked",
      message: 'the deny window "* * * * *" for 1h, UTC is open; no sync was requested',
    });
    expect(controller.current().operation).toBeUndefined();
  });

  it("A sync window that starts to block during a sync ends it after a while, because Argo CD reports no end", async () => {
    const { controller, clock, done, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    controller.runs({ message: "Sync operation blocked by sync window" });
    await clock.asleep();
    clock.pass(29_000);
    controller.runs({ message: "running after all" });
    await tells("running after all");
    controller.runs({ message: "Sync operation blocked by sync window" });
    await clock.asleep();
    clock.pass(30_000);
    expect(await done).toMatchObject({ outcome: "blocked" });
  });
});

describe("health after the operation", () => {
  it("Degraded health is no failure if it is brief", async () => {
    const { controller, clock, done, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    controller.ends("Succeeded");
    controller.compares({ health: { status: "Degraded" } });
    await tells("degraded");
    await clock.asleep();
    clock.pass(29_000);
    controller.compares();
    expect(await done).toMatchObject({ outcome: "succeeded", health: "Healthy" });
  });

  it("Degraded health is a failure if it persists from before the sync", async () => {
    const health = { status: "Degraded" };
    const { controller, clock, done, tells } = await syncTrial({ before: application("orders", { health }) });
    await tells("waiting for Argo CD");
    controller.ends("Succeeded");
    const resources = [{ kind: "Deployment", name: "orders", health: { status: "Degraded", message: "no image" } }];
    controller.compares({ health, resources });
    await tells("degraded");
    await clock.asleep();
    clock.pass(30_000);
    expect(await done).toMatchObject({
      outcome: "failed",
      message: "the operation succeeded, but the application is degraded: Deployment orders: no image",
      next: ["gennet app tree orders --region eu"],
    });
  });

  it("Health is ignored while the comparison is older than the operation", async () => {
    const { controller, stop, done, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    controller.ends("Succeeded");
    await tells("next comparison");
    stop.abort(new AppError("TIMED_OUT", "Not done."));
    expect(await done).toMatchObject({ outcome: "timed-out", sync: "Synced", health: "Healthy" });
  });

  it("An Application that looks out of sync is compared again, because Argo CD may have lost the result", async () => {
    const { controller, clock, done, tells } = await syncTrial({
      adapter: (argocd) => ({
        ...argocd,
        requestRefresh: async (asked, signal) => {
          const stored = await argocd.requestRefresh(asked, signal);
          controller.refreshes({ sync: { status: "Synced" } });
          return stored;
        },
      }),
    });
    await tells("waiting for Argo CD");
    controller.ends("Succeeded");
    controller.compares({ sync: { status: "OutOfSync" } });
    await tells("still out of sync");
    await clock.asleep();
    clock.pass(2_000);
    expect(await done).toMatchObject({ outcome: "succeeded" });
  });

  it.each([
    ["requires pruning", "still out of sync: 1 resource to be pruned (--prune): Service old"],
    ["no prune", "still out of sync: Service old: ignored (no prune)"],
  ])("An Application that only unpruned resources keep out of sync is reported immediately: %s", async (why, says) => {
    const { controller, done, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    const old = { kind: "Service", namespace: "orders", name: "old" };
    const result = { ...old, status: "PruneSkipped", message: `ignored (${why})` };
    controller.ends("Succeeded", { syncResult: { revision: "beef", resources: [result] } });
    const left = { ...old, status: "OutOfSync" as const, requiresPruning: true };
    controller.compares({ sync: { status: "OutOfSync" }, resources: [left] });
    const { outcome, message } = await done;
    expect(outcome).toBe("failed");
    expect(message).toContain(says);
  });

  it("A hook that has run is not something to prune", async () => {
    const { controller, clock, done, tells } = await syncTrial({ settleMs: 1_000 });
    await tells("waiting for Argo CD");
    controller.ends("Succeeded");
    const hook = { kind: "Job", name: "page-up", status: "OutOfSync" as const, hook: true, requiresPruning: true };
    const changed = { kind: "ConfigMap", name: "page", status: "OutOfSync" as const };
    controller.compares({ sync: { status: "OutOfSync" }, resources: [hook, changed] });
    await tells("still out of sync");
    await clock.asleep();
    clock.pass(1_000);
    expect((await done).message).toBe(
      "the operation succeeded, but the application is still out of sync: ConfigMap page",
    );
  });
});

it("A sync ends if the Application is deleted, and after Ctrl-C", async () => {
  const { signal } = new AbortController();
  const gone = await syncTrial();
  await gone.tells("waiting for Argo CD");
  await gone.cluster.cluster.delete(
    { apiVersion: "argoproj.io/v1alpha1", kind: "Application", name: "orders", namespace: "argocd" },
    signal,
  );
  expect(await gone.done).toMatchObject({ outcome: "failed", message: "the Application was deleted" });
  const stopped = await syncTrial();
  await stopped.tells("waiting for Argo CD");
  const reason = new AppError("INTERRUPTED", "Stopped.");
  stopped.stop.abort(reason);
  await expect(stopped.done).rejects.toBe(reason);
});
