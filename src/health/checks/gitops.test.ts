import { describe, expect, it } from "vitest";
import { application, project } from "../../../test/support/applications.ts";
import { askOne, type HealthTrial } from "../../../test/support/health-trial.ts";
import { ago, deployment } from "../../../test/support/kube-objects.ts";
import type { Check } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { HealthContext } from "../health-context.ts";
import { gitopsCompared } from "./gitops-compared.ts";
import { gitopsController } from "./gitops-controller.ts";
import { gitopsDeletion } from "./gitops-deletion.ts";
import { gitopsHealth } from "./gitops-health.ts";
import { gitopsOperation } from "./gitops-operation.ts";
import { gitopsShared } from "./gitops-shared.ts";
import { gitopsSource } from "./gitops-source.ts";
import { gitopsSync } from "./gitops-sync.ts";
import { gitopsWindow } from "./gitops-window.ts";
import { workloadsAvailable } from "./workloads-available.ts";

const all = [
  workloadsAvailable,
  gitopsController,
  gitopsCompared,
  gitopsDeletion,
  gitopsSource,
  gitopsOperation,
  gitopsWindow,
  gitopsSync,
  gitopsHealth,
];
const others = (check: Check<HealthContext>) => all.filter((each) => each !== check);

type Status = Parameters<typeof application>[1];

/** `severity subject: summary (cause)` of each finding. */
async function ask(check: Check<HealthContext>, trial: HealthTrial): Promise<string[]> {
  const { findings } = await askOne(check, trial, others(check));
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

describe("a cluster where everything is healthy", () => {
  it("Every check is ok if everything is healthy", async () => {
    const objects = [application("orders", { reconciledAt: ago(1) }), project("default")];
    const checks = [gitopsController, gitopsSource, gitopsOperation, gitopsWindow, gitopsSync, gitopsHealth];
    expect((await Promise.all(checks.map((check) => ask(check, { objects })))).flat()).toEqual([
      "ok Argo CD: last compared an Application 1m00s ago",
      "ok application orders: can be read from Git",
      "ok application orders: no sync failed or is stuck",
      "ok application orders: no sync window blocks a change",
      "ok application orders: in sync with Git",
      "ok application orders: healthy",
    ]);
  });
});

describe("gitops/controller", () => {
  it("gitops/controller is skipped without Applications, and unknown if access was denied", async () => {
    expect(await ask(gitopsController, {})).toEqual(["skip Argo CD: there is no Application"]);
    expect(await ask(gitopsSync, {})).toEqual([]);
    const errors = { Application: new AppError("KUBE_DENIED", "forbidden") };
    expect(await ask(gitopsController, { errors })).toEqual(["unknown Argo CD: forbidden"]);
  });

  it("gitops/controller fails if nothing was compared for three times the interval", async () => {
    expect(await one(gitopsController, { reconciledAt: ago(10) })).toEqual([
      "fail Argo CD: its controller is not running or cannot keep up: last compared an Application 10m00s ago, but should every 3m00s",
    ]);
    const { reconciledAt: _, ...status } = application("orders").status ?? {};
    const objects = [{ ...application("orders"), status }];
    expect(await ask(gitopsController, { objects })).toEqual(["fail Argo CD: has not compared any Application yet"]);
  });

  it("The interval is Argo CD's, and the age does not count if it only compares on request", async () => {
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

  it("Only Applications that deploy into the selected namespace are checked", async () => {
    const objects = [application("orders"), application("payments", { health: { status: "Degraded" } })];
    expect(await ask(gitopsHealth, { objects, namespace: "orders" })).toEqual(["ok application orders: healthy"]);
  });
});

describe("gitops/compared", () => {
  const skip = { metadata: { name: "orders", annotations: { "argocd.argoproj.io/skip-reconcile": "true" } } };
  const others = [application("payments", { reconciledAt: ago(1) }), project("default")];
  const status = { reconciledAt: ago(120) };

  it("A paused Application is unknown, and the other checks skip it", async () => {
    const objects = [application("orders", status, skip), ...others];
    const found = await ask(gitopsCompared, { objects });
    expect(found[0]).toContain(
      "unknown application orders: paused by the annotation argocd.argoproj.io/skip-reconcile",
    );
    expect(found[0]).toContain("not compared since 2026-");
    for (const check of [gitopsSource, gitopsOperation, gitopsWindow, gitopsSync, gitopsHealth]) {
      expect((await ask(check, { objects })).slice(0, 1)).toEqual([
        "skip application orders: skipped: its state may be old (gitops/compared)",
      ]);
    }
    const { findings } = await askOne(gitopsCompared, { objects });
    expect(findings[0]?.fix).toBe(
      "kubectl --context eu -n argocd annotate application orders argocd.argoproj.io/skip-reconcile-",
    );
  });

  it("An Application of a dead shard is unknown while the others are compared", async () => {
    const objects = [application("orders", { reconciledAt: ago(10) }), ...others];
    expect((await ask(gitopsController, { objects }))[0]).toContain("ok Argo CD");
    expect((await ask(gitopsCompared, { objects }))[0]).toMatch(
      /^unknown application orders: not compared since .*, but should be every 3m00s$/,
    );
    expect(await ask(gitopsHealth, { objects })).toEqual([
      "skip application orders: skipped: its state may be old (gitops/compared)",
      "ok application payments: healthy",
    ]);
  });

  it("An Application that no controller has reconciled is unknown, with the namespace that may not be watched", async () => {
    const { status: _, ...fresh } = application("orders", {}, { metadata: { name: "orders", namespace: "team-a" } });
    expect((await ask(gitopsCompared, { objects: [fresh, ...others] }))[0]).toBe(
      "unknown application team-a/orders: never compared: no controller has reconciled it; Argo CD may not watch the namespace team-a",
    );
  });

  it("An Application with an error in its spec is left to gitops/source, because it is reconciled but never compared", async () => {
    const conditions = [{ type: "InvalidSpecError", message: "no such project" }];
    const { reconciledAt: _, ...unread } = application("orders").status ?? {};
    const broken = { ...application("orders"), status: { ...unread, conditions } };
    expect((await ask(gitopsCompared, { objects: [broken, ...others] }))[0]).toContain("ok ");
    expect((await ask(gitopsSource, { objects: [broken, ...others] }))[0]).toContain("fail application orders");
  });

  it("A controller whose only Application in a namespace is paused is not considered dead", async () => {
    const paused = application("orders", status, skip);
    expect((await ask(gitopsController, { objects: [paused, ...others], namespace: "orders" }))[0]).toContain("ok");
    expect((await ask(gitopsController, { objects: [paused, project("default")] }))[0]).toContain("skip");
    expect((await ask(gitopsCompared, { objects: [paused, project("default")] }))[0]).toContain("unknown");
  });
});

describe("gitops/deletion", () => {
  const leaving = (minutes: number, status: Status = {}) =>
    application("orders", status, {
      metadata: { name: "orders", deletionTimestamp: ago(minutes), finalizers: ["acme.example/hold"] },
    });
  const find = (minutes: number, status: Status = {}) =>
    ask(gitopsDeletion, { objects: [leaving(minutes, status), project("default")] });

  it("A deletion is reported with its start and its finalizers, and fails if it takes long or has an error", async () => {
    expect((await find(5))[0]).toMatch(
      /^warn application orders: being deleted since .* \(5m00s\), held by acme.example\/hold$/,
    );
    expect((await find(45))[0]).toContain("fail application orders: being deleted since");
    const conditions = [{ type: "DeletionError", message: "cluster\n not found" }];
    const [error] = await find(5, { conditions });
    expect(error).toContain("fail ");
    expect(error).toContain("held by acme.example/hold: cluster not found");
  });

  it("Only gitops/deletion reports an Application that is being deleted", async () => {
    const objects = [leaving(5, { health: { status: "Degraded" } }), project("default")];
    const [found] = await ask(gitopsHealth, { objects });
    expect(found).toBe("skip application orders: skipped: it is being deleted (gitops/deletion)");
  });
});

describe("a cause", () => {
  const failed = state("Failed", { finishedAt: ago(44) });
  const error = (message: string) => ({ conditions: [{ type: "ComparisonError", message }] });
  const unread = { sync: { status: "Unknown" }, health: { status: "Unknown" } };

  it("A cause is a finding about the same Application, and not just the first finding", async () => {
    const objects = [
      project("default"),
      application("norepo", { ...unread, ...error("repository not found") }),
      application("nopath", { ...unread, ...error("nosuch: app path does not exist") }),
      application("deadcluster", { ...outOfSync, ...failed, ...error("cluster not found") }),
      application("fresh", { sync: { status: "OutOfSync" }, health: { status: "Missing" } }),
      application("paused", unread, {
        metadata: { name: "paused", annotations: { "argocd.argoproj.io/skip-reconcile": "true" } },
      }),
    ];
    const { findings } = await askOne(gitopsHealth, { objects }, others(gitopsHealth));
    const links = findings.map(({ subject, cause, causeSubject }) => [subject, cause, causeSubject]);
    expect(links).toContainEqual(["application norepo", "gitops/source", "application norepo"]);
    expect(links).toContainEqual(["application nopath", "gitops/source", "application nopath"]);
    expect(links).toContainEqual(["application fresh", "gitops/sync", "application fresh"]);
    expect(links).toContainEqual(["application paused", "gitops/compared", "application paused"]);
    const operation = await askOne(gitopsOperation, { objects }, others(gitopsOperation));
    expect(operation.findings.filter(({ severity }) => severity !== "skip")).toMatchObject([
      { subject: "application deadcluster", cause: "gitops/source", causeSubject: "application deadcluster" },
    ]);
  });

  it("Findings with the same cause are one finding, and those with different causes are separate", async () => {
    const of = (name: string, message: string) => application(name, { ...unread, ...error(message) });
    const objects = [project("default"), of("a", "no such revision"), of("b", "no such revision"), of("c", "refused")];
    const { findings } = await askOne(gitopsSync, { objects }, others(gitopsSync));
    expect(findings.map(({ subject, causeSubject }) => [subject, causeSubject])).toEqual([
      ["2 applications (a, b)", "2 applications (a, b)"],
      ["application c", "application c"],
    ]);
  });

  it("There is no cause if its check finds nothing wrong with that Application", async () => {
    const objects = [
      project("default"),
      application("fresh", { sync: { status: "Unknown" } }),
      application("norepo", { ...unread, ...error("repository not found") }),
    ];
    const { findings } = await askOne(gitopsSync, { objects }, others(gitopsSync));
    const fresh = findings.find(({ subject }) => subject === "application fresh");
    expect(fresh?.cause).toBeUndefined();
  });
});

describe("Argo CD that is installed elsewhere", () => {
  it("Argo CD and its Applications are found in any namespace", async () => {
    const of = (name: string, namespace: string) =>
      application(
        name,
        { controllerNamespace: "argo-cd", reconciledAt: ago(1), health: { status: "Degraded" } },
        { metadata: { name, namespace } },
      );
    const own = { ...project("default"), metadata: { name: "default", namespace: "argo-cd" } };
    const objects = [of("orders", "argo-cd"), of("stock", "team-a"), own];
    expect((await ask(gitopsController, { objects }))[0]).toContain("ok Argo CD");
    const { findings } = await askOne(gitopsHealth, { objects }, others(gitopsHealth));
    expect(findings).toMatchObject([
      { subject: "2 applications (orders, team-a/stock)", fix: "gennet app tree orders -n argo-cd --region eu" },
    ]);
  });

  it("Argo CD does not count as missing if it runs outside the cluster, like EKS's capability", async () => {
    const destination = { server: "arn:aws:eks:eu-west-1:111122223333:cluster/shop", namespace: "shop" };
    const of = (minutes: number) =>
      application("orders", { reconciledAt: ago(minutes) }, { spec: { project: "default", destination } });
    expect((await ask(gitopsController, { objects: [of(1), project("default")] }))[0]).toContain("ok Argo CD");
    const { findings } = await askOne(gitopsController, { objects: [of(60), project("default")] });
    expect(findings[0]).toMatchObject({ severity: "fail" });
    expect(findings[0]?.fix).toContain("aws eks list-capabilities");
  });
});

describe("gitops/source", () => {
  it("Applications with the same problem are one finding of gitops/source", async () => {
    const conditions = [{ type: "ComparisonError", message: "rpc error:\n connection refused" }];
    const objects = ["a", "b", "c", "d", "e"].map((name) => application(name, { conditions }));
    expect(await ask(gitopsSource, { objects: [...objects, application("well")] })).toEqual([
      "fail 5 applications (a, b, c and 2 more): rpc error: connection refused",
    ]);
  });

  it("The fix of gitops/source names the cluster by its ARN where EKS runs Argo CD, which knows no other name", async () => {
    const message = 'error getting cluster by server "https://kubernetes.default.svc": not found';
    const conditions = [{ type: "InvalidSpecError", message }];
    const server = "arn:aws:eks:eu-west-1:111122223333:cluster/shop";
    const ofEks = application("platform", {}, { spec: { project: "default", destination: { server } } });
    const fixOf = async (...objects: KubeObject[]): Promise<string | undefined> =>
      (await askOne(gitopsSource, { objects })).findings.find(({ severity }) => severity === "fail")?.fix;
    const orders = application("orders", { conditions });
    expect(await fixOf(orders, ofEks)).toContain("gennet service update");
    expect(await fixOf(orders, application("platform"))).toContain("describe application orders");
    const byArn = application("orders", { conditions }, { spec: { project: "default", destination: { server } } });
    expect(await fixOf(byArn, ofEks)).toContain("describe application orders");
  });
});

describe("gitops/operation", () => {
  it("A failed sync is a failure, and only a warning if the Application is healthy now", async () => {
    const failed = state("Failed", { finishedAt: ago(44) });
    expect(await one(gitopsOperation, { ...outOfSync, ...failed })).toEqual([
      "fail application orders: the last sync (jo) failed: said",
    ]);
    const sameCommit = state("Failed", { syncResult: { revision: "c0ffee0" } });
    expect((await one(gitopsOperation, sameCommit))[0]).toContain("fail");
    const other = { syncResult: { revision: "bad" } };
    expect((await one(gitopsOperation, state("Failed", other)))[0]).toContain("warn");
    const terminated = { message: "Operation terminated" };
    expect((await one(gitopsOperation, state("Failed", { ...other, ...terminated })))[0]).toContain("ok");
    expect((await one(gitopsOperation, state("Failed", terminated)))[0]).toContain("fail");
    const conditions = [{ type: "ComparisonError", message: "no such revision" }];
    expect((await one(gitopsOperation, { ...outOfSync, ...failed, conditions }))[0]).toContain("(gitops/source)");
  });

  it("A sync that is retried is a warning, a stuck one fails, and a running one is not reported", async () => {
    const running = { operation: { initiatedBy: { username: "jo" } } };
    const retry = state("Running", { finishedAt: ago(1), retryCount: 2 });
    expect(await one(gitopsOperation, retry, running)).toEqual([
      "warn application orders: a sync failed and is being retried (2): said",
    ]);
    expect(await one(gitopsOperation, state("Running"), running)).toEqual([
      "fail application orders: a sync (jo) has been running for 45m00s: said",
    ]);
    expect((await one(gitopsOperation, state("Running", { startedAt: ago(5) }), running))[0]).toContain("ok");
  });
});

describe("a sync that was requested but never started", () => {
  const asked = (minutes: number, status: Status = {}) =>
    application("orders", status, {
      operation: { initiatedBy: { username: "jo" } },
      metadata: {
        name: "orders",
        managedFields: [
          { manager: "argocd-server", time: ago(minutes), fieldsV1: { "f:operation": { "f:sync": {} } } },
        ],
      },
    });

  // argo-cd#17155, argo-cd#18613
  it.each([
    ["nothing ran before", {}],
    ["an earlier one has ended", state("Succeeded", { finishedAt: ago(400), startedAt: ago(401) })],
  ])(
    "A sync that was never started fails after a while if %s, with the command that withdraws it",
    async (_what, status) => {
      const objects = (minutes: number) => [asked(minutes, status), project("default")];
      expect(await ask(gitopsOperation, { objects: objects(45) })).toEqual([
        "fail application orders: a sync (jo) was requested 45m00s ago, but Argo CD's controller has not started it",
      ]);
      expect((await ask(gitopsOperation, { objects: objects(1) }))[0]).toContain("ok");
      const { findings } = await askOne(gitopsOperation, { objects: objects(45) });
      expect(findings[0]?.fix).toBe("gennet sync orders --terminate --region eu");
    },
  );
});

describe("a resource in two Applications", () => {
  // argo-cd#8811, argo-cd#11838
  it("A resource in two Applications is a warning with Argo CD's message, although both look healthy", async () => {
    const message = "ConfigMap/hello-world is part of applications argocd/orders and\n payments";
    const conditions = [{ type: "SharedResourceWarning", message }];
    expect(await one(gitopsShared, { conditions })).toEqual([
      "warn application orders: ConfigMap/hello-world is part of applications argocd/orders and payments",
    ]);
    expect((await one(gitopsShared, {}))[0]).toContain("ok");
  });
});

describe("a hydrated source", () => {
  const hydrated = (phase: string): Status => ({
    sourceHydrator: { currentOperation: { phase, message: "failed to push:\n rejected" } },
  });

  // argo-cd#29512, argo-cd#22303
  it("A source that could not be hydrated cannot be read, although the previous state is Synced and Healthy", async () => {
    expect(await one(gitopsSource, hydrated("Failed"))).toEqual([
      "fail application orders: its source could not be hydrated: failed to push: rejected",
    ]);
    expect((await one(gitopsSource, hydrated("Hydrated")))[0]).toContain("ok");
  });
});

describe("an Application that Argo CD refuses to sync automatically", () => {
  // argo-cd#10987
  it("A refusal is reported with Argo CD's message, and without a command that would sync anyway", async () => {
    const message = "Skipping sync attempt to c0ffee1: auto-sync will wipe out all resources";
    const spec = { project: "default", syncPolicy: { automated: { prune: true } } };
    const resource = { kind: "Deployment", name: "orders", status: "OutOfSync", requiresPruning: true } as const;
    const status: Status = {
      sync: { status: "OutOfSync", revision: "c0ffee1" },
      resources: [resource],
      conditions: [{ type: "SyncError", message }],
    };
    const objects = [application("orders", status, { spec }), project("default")];
    const { findings } = await askOne(gitopsSync, { objects });
    expect(findings).toMatchObject([
      {
        severity: "warn",
        summary: `out of sync: Deployment orders; Argo CD does not sync it: ${message}`,
        fix: "gennet app tree orders --region eu",
      },
    ]);
  });
});

describe("a sync that a window holds", () => {
  const message = "Sync operation blocked by sync window";
  const deny = { kind: "deny", schedule: "* * * * *", duration: "1h", applications: ["*"], manualSync: true };
  const automated = { initiatedBy: { automated: true } };
  const held = application(
    "orders",
    { ...outOfSync, ...state("Running", { message, operation: automated }) },
    {
      operation: automated,
    },
  );

  it("A sync that a window holds is reported with its start and the window, and is not stuck", async () => {
    const objects = [held, project("default", [deny])];
    expect(await ask(gitopsWindow, { objects })).toEqual([
      'warn application orders: a sync (automated sync) that began 45m00s ago is held: the deny window "* * * * *" for 1h, UTC is open',
    ]);
    expect((await ask(gitopsOperation, { objects }))[0]).toContain("ok ");
  });
});

describe("an automated sync", () => {
  const automated = { project: "default", syncPolicy: { automated: {} } };
  const synced = (revision: string) => state("Succeeded", { syncResult: { revision } });
  const find = (status: Status) => one(gitopsSync, { ...outOfSync, ...status }, { spec: automated });
  const missed = "its automated sync has not tried this commit, although nothing blocks it";

  it("An automated sync that did not try a commit although nothing blocks it is reported", async () => {
    const pushed = { sync: { status: "OutOfSync", revision: "c0ffee1" } };
    expect((await find({ ...pushed, ...synced("c0ffee0") }))[0]).toContain(missed);
    expect((await find({ ...pushed, ...synced("c0ffee1") }))[0]).not.toContain(missed);
    const deny = { kind: "deny", schedule: "* * * * *", duration: "1h", applications: ["*"] };
    const objects = [
      application("orders", { ...outOfSync, ...pushed }, { spec: automated }),
      project("default", [deny]),
    ];
    expect((await ask(gitopsSync, { objects }))[0]).not.toContain(missed);
    expect((await one(gitopsSync, { ...outOfSync, ...pushed }))[0]).not.toContain(missed);
  });
});

describe("gitops/sync and gitops/window", () => {
  it("An Application that is out of sync is a warning with the command that syncs it", async () => {
    const { findings } = await askOne(gitopsSync, { objects: [application("orders", outOfSync), project("default")] });
    expect(findings).toMatchObject([
      { severity: "warn", summary: "out of sync: Deployment orders", fix: "gennet sync orders --region eu" },
    ]);
    expect((await one(gitopsSync, outOfSync, { operation: {} }))[0]).toContain("ok");
  });

  it("An Application that is out of sync is a symptom of a failed sync, a closed window, or an unreadable source", async () => {
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

  it("An unhealthy Application fails, as a symptom if its workload is the reason", async () => {
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

  it("An Application that is progressing or was never deployed is a warning", async () => {
    expect((await one(gitopsHealth, { health: { status: "Progressing" } }))[0]).toContain("warn");
    expect(await one(gitopsHealth, { ...outOfSync, health: { status: "Missing" } })).toEqual([
      "warn application orders: missing (gitops/sync)",
    ]);
    expect((await one(gitopsHealth, { health: { status: "Missing" } }))[0]).toContain("fail");
    expect((await one(gitopsHealth, { health: { status: "Unknown" } }))[0]).toContain("unknown");
    expect((await one(gitopsHealth, { health: { status: "Suspended" } }))[0]).toContain("ok");
  });
});

describe("an Application of Applications", () => {
  const child = { group: "argoproj.io", version: "v1alpha1", kind: "Application", namespace: "argocd", name: "istiod" };
  const askBoth = async (status: Status, health = "Degraded"): Promise<string[]> => {
    const root = application("platform", { reconciledAt: ago(1), health: { status: health }, resources: [child] });
    const objects = [root, application("istiod", { reconciledAt: ago(1), ...status }), project("default")];
    return ask(gitopsHealth, { objects });
  };

  it("It is a symptom of one that is unhealthy", async () => {
    expect(await askBoth({ health: { status: "Degraded" } })).toEqual([
      "fail application platform: degraded: Application istiod (gitops/health)",
      "fail application istiod: degraded",
    ]);
  });

  it("It is a symptom of one whose chart does not exist", async () => {
    const conditions = [{ type: "ComparisonError", message: "chart 9.9.9 does not exist" }];
    expect(await askBoth({ sync: { status: "Unknown" }, conditions })).toEqual([
      "fail application platform: degraded: Application istiod (gitops/source)",
    ]);
  });

  it.each(["Unknown", "Progressing"])(
    "It is a symptom of one whose chart does not exist while it is %s",
    async (health) => {
      const conditions = [{ type: "ComparisonError", message: "chart 9.9.9 does not exist" }];
      expect((await askBoth({ sync: { status: "Unknown" }, conditions }, health))[0]).toMatch(/ \(gitops\/source\)$/);
    },
  );

  it("It has its own problem if all of them are healthy", async () => {
    expect(await askBoth({})).toEqual(["fail application platform: degraded"]);
  });
});
