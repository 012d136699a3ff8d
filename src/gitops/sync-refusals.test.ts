import { describe, expect, it } from "vitest";
import { application, project } from "../../test/support/applications.ts";
import { type SyncTrial, syncTrial } from "../../test/support/sync-trial.ts";
import { AppError } from "../core/error.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";

const metadata = { name: "orders" };
const leaving = application(
  "orders",
  {},
  {
    metadata: { ...metadata, deletionTimestamp: "2026-01-02T03:01:00Z", finalizers: ["acme.example/hold"] },
  },
);
const paused = (value: string) =>
  application("orders", {}, { metadata: { ...metadata, annotations: { "argocd.argoproj.io/skip-reconcile": value } } });
const always = { kind: "deny", schedule: "* * * * *", duration: "1h", applications: ["*"] };

function configMap(namespace: string, name: string, data: object = {}): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
}

/** An Application in its team's namespace that no controller has processed yet. */
function fresh(namespace = "team-a") {
  const { status: _, ...rest } = application("orders", {}, { metadata: { ...metadata, namespace } });
  return rest;
}

describe("a sync of an Application that Argo CD would not process", () => {
  it.each<[string, SyncTrial, string]>([
    [
      "one in deletion",
      { before: leaving },
      "its deletion began at 2026-01-02T03:01:00.000Z, held by acme.example/hold; no sync was requested",
    ],
    [
      "a paused one",
      { before: paused("true") },
      "reconciliation is disabled by the annotation argocd.argoproj.io/skip-reconcile; no sync was requested",
    ],
    ["one paused with another spelling of true", { before: paused("T") }, "reconciliation is disabled"],
    [
      "one whose project does not exist",
      { before: application("orders", {}, { spec: { project: "gone" } }) },
      "there is no AppProject gone in the namespace argocd",
    ],
    [
      "one in a namespace without a controller",
      { before: fresh(), objects: [configMap("argocd", "argocd-cm"), configMap("argocd", "argocd-cmd-params-cm")] },
      "Argo CD in the namespace argocd does not watch the namespace team-a: application.namespaces of the ConfigMap argocd-cmd-params-cm is not set",
    ],
    [
      "one in a namespace that no pattern matches",
      {
        before: fresh(),
        objects: [
          configMap("argocd", "argocd-cm"),
          configMap("argocd", "argocd-cmd-params-cm", { "application.namespaces": "team-b, apps-*" }),
        ],
      },
      'is "team-b, apps-*"',
    ],
    [
      "one in a namespace that its project does not permit",
      {
        before: fresh(),
        objects: [
          configMap("argocd", "argocd-cm"),
          configMap("argocd", "argocd-cmd-params-cm", { "application.namespaces": "/^team-/" }),
        ],
      },
      "the AppProject default does not permit Applications in the namespace team-a (spec.sourceNamespaces)",
    ],
  ])(
    "A sync of an Application that Argo CD would not process is rejected with the reason, without a write: %s",
    async (_what, options, reason) => {
      const { done, current } = await syncTrial(options);
      const { outcome, message, next } = await done;
      expect(outcome).toBe("blocked");
      expect(message).toContain(reason);
      expect(next.length).toBeGreaterThan(0);
      expect(current().operation).toBeUndefined();
    },
  );

  it("A sync of a paused Application shows the command that resumes reconciliation, with context and namespace", async () => {
    const { done } = await syncTrial({ before: paused("true") });
    expect((await done).next).toEqual([
      "kubectl --context eu -n argocd annotate application orders argocd.argoproj.io/skip-reconcile-",
    ]);
  });

  it("A sync is requested if skip-reconcile has a value that the controller does not read as true", async () => {
    const { tells, stop, done } = await syncTrial({ before: paused("yes") });
    await tells("waiting for Argo CD's controller");
    stop.abort(new AppError("TIMED_OUT", "Not done."));
    expect((await done).outcome).toBe("timed-out");
  });

  it("A sync reads the windows from the namespace in which Argo CD is installed", async () => {
    const before = application(
      "orders",
      { controllerNamespace: "argo-cd" },
      { metadata: { ...metadata, namespace: "argo-cd" } },
    );
    const own = { ...project("default", [always]), metadata: { name: "default", namespace: "argo-cd" } };
    expect((await (await syncTrial({ before, objects: [own] })).done).message).toContain("the deny window");
  });

  it("A sync reads the windows for an Application in another namespace from the controller's own namespace", async () => {
    const before = application("orders", {}, { metadata: { ...metadata, namespace: "team-a" } });
    const permitting = project("default", [always]);
    const permitted = { ...permitting, spec: { ...(permitting["spec"] as object), sourceNamespaces: ["team-*"] } };
    expect((await (await syncTrial({ before, objects: [permitted] })).done).message).toContain("the deny window");
    // Before any controller has reported which namespace is its own.
    const found = await (await syncTrial({ before: fresh(), objects: [permitted] })).done;
    expect(found.message).toContain("the deny window");
  });
});

describe("a request that the controller has not begun", () => {
  it("A request that the controller has not begun is withdrawn on a time-out", async () => {
    const { tells, stop, done, current } = await syncTrial();
    await tells("waiting for Argo CD's controller");
    stop.abort(new AppError("TIMED_OUT", "Not done."));
    expect(await done).toMatchObject({
      outcome: "timed-out",
      message: "Not done. Last seen: waiting for Argo CD's controller; its request was withdrawn.",
    });
    expect(current().operation).toBeUndefined();
  });

  it("A request that the controller has not begun is withdrawn on Ctrl-C, which is reported", async () => {
    const { tells, stop, done, current, notes } = await syncTrial();
    await tells("waiting for Argo CD");
    const reason = new AppError("INTERRUPTED", "Stopped.");
    stop.abort(reason);
    await expect(done).rejects.toBe(reason);
    expect(notes).toEqual(["eu: orders: its request was withdrawn"]);
    expect(current().operation).toBeUndefined();
  });

  it("A request that the controller has not begun is withdrawn when the Application is paused or deleted", async () => {
    for (const [annotations, more] of [
      [{ "argocd.argoproj.io/skip-reconcile": "true" }, {}],
      [{}, { deletionTimestamp: "2026-01-02T03:05:00Z" }],
    ]) {
      const { tells, done, current, store } = await syncTrial();
      await tells("waiting for Argo CD");
      store({ ...current(), metadata: { ...current().metadata, annotations: annotations ?? {}, ...more } });
      const { outcome, message } = await done;
      expect(outcome).toBe("blocked");
      expect(message).toContain("its request was withdrawn");
      expect(current().operation).toBeUndefined();
    }
  });

  it("A request is not withdrawn if it is another client's, or has begun", async () => {
    const other = await syncTrial();
    await other.tells("waiting for Argo CD");
    other.controller.runs({ message: "one of 3 done" });
    await other.tells("one of 3");
    other.stop.abort(new AppError("TIMED_OUT", "Not done."));
    expect((await other.done).message).toBe("Not done. Last seen: one of 3 done; the operation continues in Argo CD.");
    expect(other.current().operation).toBeDefined();
  });

  it("A request is withdrawn even if the Application changed in the meantime", async () => {
    let first = true;
    const { tells, stop, done, current } = await syncTrial({
      adapter: (argocd, touch) => ({
        ...argocd,
        withdraw: async (...args) => {
          if (first) touch();
          first = false;
          return argocd.withdraw(...args);
        },
      }),
    });
    await tells("waiting for Argo CD");
    stop.abort(new AppError("TIMED_OUT", "Not done."));
    expect((await done).message).toContain("its request was withdrawn");
    expect(current().operation).toBeUndefined();
  });

  it("A request that cannot be withdrawn is reported with the command that removes it", async () => {
    const withdraw = async (): Promise<never> => Promise.reject(new AppError("KUBE_UNREACHABLE", "refused"));
    const { tells, stop, done } = await syncTrial({ adapter: (argocd) => ({ ...argocd, withdraw }) });
    await tells("waiting for Argo CD");
    stop.abort(new AppError("TIMED_OUT", "Not done."));
    expect((await done).message).toContain(
      `its request could not be withdrawn (refused) and may be carried out later; kubectl --context eu -n argocd patch application orders --type=json -p '[{"op":"remove","path":"/operation"}]' removes it`,
    );
  });

  it("A sync reports after 10 s without progress when the controller last compared, and where to look", async () => {
    const { tells, clock, told, stop, done } = await syncTrial();
    await tells("waiting for Argo CD");
    await clock.asleep();
    clock.pass(10_000);
    await tells("look at");
    expect(told.at(-1)).toBe(
      "waiting for Argo CD's controller, which last compared this Application 4m15s ago; look at kubectl --context eu -n argocd get pods",
    );
    stop.abort(new AppError("TIMED_OUT", "Not done."));
    await done;
  });
});

describe("an operation in progress", () => {
  const theirs = { initiatedBy: { username: "jo" }, sync: {} };
  const inFlight = (message: string, more: object = {}) =>
    application(
      "orders",
      { operationState: { operation: theirs, phase: "Running", startedAt: "2026-01-02T03:00:00Z", message, ...more } },
      { operation: theirs },
    );

  it("An operation held by a sync window makes the sync busy immediately, with the window and its end", async () => {
    const windows = [{ kind: "deny", schedule: "0 3 * * *", duration: "1h", applications: ["*"], manualSync: true }];
    const automated = { ...theirs, initiatedBy: { automated: true } };
    const held = inFlight("Sync operation blocked by sync window", { operation: automated });
    const { done } = await syncTrial({ before: { ...held, operation: automated }, windows });
    expect(await done).toMatchObject({
      outcome: "busy",
      message:
        'another operation is in progress: automated sync, since 2026-01-02T03:00:00.000Z, held because the deny window "0 3 * * *" for 1h, UTC is open, until 2026-01-02T04:00:00Z; it cannot be terminated before that',
    });
  });

  it("An operation that fails and is retried is shown with its message, and with the flag that ends it", async () => {
    const failing = inFlight("no such image", { finishedAt: "2026-01-02T03:01:00Z", retryCount: 3 });
    const { done } = await syncTrial({ before: failing, async: true });
    expect(await done).toMatchObject({
      outcome: "busy",
      message:
        "another operation is in progress: jo, since 2026-01-02T03:00:00.000Z: it failed and is retried (3): no such image",
      next: ["gennet sync orders --terminate --region eu"],
    });
  });

  it("An operation in progress is ended first with --terminate", async () => {
    const before = inFlight("waiting for healthy state of apps/Deployment/orders");
    const { controller, done, tells, current } = await syncTrial({ before, terminate: true });
    await tells("terminating the operation of jo");
    await expect.poll(() => current().status?.operationState?.phase).toBe("Terminating");
    controller.ends("Failed", { message: "Operation terminated" });
    await tells("waiting for Argo CD's controller");
    controller.ends("Succeeded");
    controller.compares();
    expect(await done).toMatchObject({ outcome: "succeeded", behind: "jo" });
  });
});

describe("a failed hook", () => {
  it("A failed hook is reported with the command that shows its logs, ready to paste", async () => {
    const { controller, done, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    const job = { kind: "Job", group: "batch", namespace: "shop", name: "migrate" };
    const resources = [{ ...job, hookType: "PreSync", hookPhase: "Failed", message: "BackoffLimitExceeded" }];
    controller.ends("Failed", { message: "failed", syncResult: { resources } });
    expect((await done).next).toEqual(["kubectl --context eu -n shop logs job/migrate --all-containers"]);
  });
});

describe("a sync that would delete everything", () => {
  const gone = (automated: object) =>
    application(
      "orders",
      {
        sync: { status: "OutOfSync", revision: "beef" },
        resources: [
          { kind: "Deployment", namespace: "shop", name: "orders", status: "OutOfSync", requiresPruning: true },
          { kind: "Job", namespace: "shop", name: "migrate", status: "OutOfSync", hook: true },
        ],
      },
      { spec: { project: "default", syncPolicy: { automated } } },
    );

  // argo-cd#10987, argo-cd#3484
  it("A sync that would delete everything is rejected if only the automated policy prunes, with the command that confirms it", async () => {
    const { done, current } = await syncTrial({ before: gone({ prune: true }) });
    expect(await done).toMatchObject({
      outcome: "blocked",
      message:
        "Git no longer contains resources for it, so a sync would delete all that it has: 1 resource; no sync was requested",
      next: ["gennet app tree orders --region eu", "gennet sync orders --prune --region eu   deletes them"],
    });
    expect(current().operation).toBeUndefined();
  });

  it.each([
    ["allowEmpty is set", gone({ prune: true, allowEmpty: true }), false],
    ["the user passes --prune", gone({ prune: true }), true],
    ["nothing is pruned", gone({}), false],
  ])("A sync of an Application without resources in Git is requested if %s", async (_what, before, prune) => {
    const { done, current } = await syncTrial({ before, prune, async: true });
    expect(await done).toMatchObject({ outcome: "requested" });
    expect(current().operation).toBeDefined();
  });
});

describe("an operation of another client that the controller never begins", () => {
  const before = application(
    "orders",
    {
      operationState: {
        operation: {},
        phase: "Succeeded",
        startedAt: "2026-01-02T03:00:00Z",
        finishedAt: "2026-01-02T03:00:09Z",
      },
    },
    { operation: { initiatedBy: { username: "jo" } } },
  );

  // argo-cd#17155
  it("An operation that the controller never begins is withdrawn with --terminate, which Argo CD's own API cannot do", async () => {
    const { done, controller, tells, told } = await syncTrial({ before, terminate: true });
    await tells("requesting the sync");
    expect(told).toContain("withdrawing the operation of jo, which Argo CD's controller has not begun");
    controller.runs();
    controller.ends("Succeeded");
    controller.compares();
    expect(await done).toMatchObject({ outcome: "succeeded" });
  });

  it("An operation that the controller never begins is waited for without --terminate, and shown as not begun", async () => {
    expect(await (await syncTrial({ before, async: true })).done).toMatchObject({
      outcome: "busy",
      message: "another operation is in progress: jo, which Argo CD's controller has not begun",
    });
  });
});

describe("health that another controller reports", () => {
  const rollout = { group: "argoproj.io", kind: "Rollout", namespace: "shop", name: "orders", status: "Synced" };
  const done = (message: string, more = {}) => ({
    syncResult: { revision: "beef", resources: [{ ...rollout, ...more, message }] },
  });

  it("Health that another controller reports counts only after it has lasted, because it may be older than the change", async () => {
    const { controller, clock, done: ended, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    controller.ends("Succeeded", done("rollout.argoproj.io/orders configured"));
    controller.compares();
    await tells("waiting for other controllers");
    await clock.asleep();
    clock.pass(4_000);
    controller.compares({ health: { status: "Progressing" } });
    await tells("progressing");
    controller.compares();
    await clock.asleep();
    clock.pass(10_000);
    expect(await ended).toMatchObject({ outcome: "succeeded", durationMs: 14_000 });
  });

  it.each([
    ["no object of that kind was changed", done("rollout.argoproj.io/orders unchanged")],
    [
      "the changed object has no health in Argo CD",
      done("destinationrule configured", { group: "networking.istio.io", kind: "DestinationRule" }),
    ],
  ])("Health that another controller reports counts immediately if %s", async (_title, operation) => {
    const { controller, done: ended, tells } = await syncTrial();
    await tells("waiting for Argo CD");
    controller.ends("Succeeded", operation);
    controller.compares();
    expect(await ended).toMatchObject({ outcome: "succeeded", durationMs: 0 });
  });
});
