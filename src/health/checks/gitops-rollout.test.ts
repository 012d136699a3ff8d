import { describe, expect, it } from "vitest";
import { application, project } from "../../../test/support/applications.ts";
import { askOne, type HealthTrial } from "../../../test/support/health-trial.ts";
import { ago } from "../../../test/support/kube-objects.ts";
import type { Check } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { HealthContext } from "../health-context.ts";
import { gitopsCompared } from "./gitops-compared.ts";
import { gitopsGenerated } from "./gitops-generated.ts";
import { gitopsHealth } from "./gitops-health.ts";
import { gitopsOperation } from "./gitops-operation.ts";
import { gitopsRollout } from "./gitops-rollout.ts";
import { gitopsSync } from "./gitops-sync.ts";
import { gitopsWindow } from "./gitops-window.ts";

const beside = [gitopsGenerated, gitopsCompared, gitopsOperation, gitopsWindow, gitopsSync, gitopsHealth];

/** `severity subject: summary (cause)`, and the fix below it. */
async function ask(check: Check<HealthContext>, trial: HealthTrial) {
  const others = [...beside, gitopsRollout].filter((each) => each !== check);
  const { findings } = await askOne(check, trial, others);
  return findings.map(({ severity, subject, summary, cause }) =>
    [`${severity} ${subject}: ${summary}`, ...(cause === undefined ? [] : [`(${cause})`])].join(" "),
  );
}
const fixOf = async (check: Check<HealthContext>, trial: HealthTrial) => (await askOne(check, trial)).findings[0]?.fix;

interface State {
  readonly step: number;
  readonly status: string;
  readonly minutes?: number;
}

const progressing = { type: "RolloutProgressing", status: "True", message: "performing rollout" };
const generated = { type: "ParametersGenerated", status: "True", message: "Successfully generated" };

function applicationSet(
  rollout: Readonly<Record<string, State>>,
  conditions: readonly object[] = [generated, progressing],
  more: object = {},
): KubeObject {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "ApplicationSet",
    metadata: { name: "shop", namespace: "argocd", ...more },
    spec: { strategy: { type: "RollingSync", rollingSync: { steps: [{}, {}, {}] } } },
    status: {
      conditions,
      applicationStatus: Object.entries(rollout).map(([name, { step, status, minutes = 45 }]) => ({
        application: name,
        step: String(step),
        status,
        lastTransitionTime: ago(minutes),
      })),
    },
  };
}

type Status = Parameters<typeof application>[1];

const made = (name: string, status: Status = {}, annotations = {}) =>
  application(
    name,
    { reconciledAt: ago(1), ...status },
    { metadata: { name, annotations, ownerReferences: [{ kind: "ApplicationSet", name: "shop" }] } },
  );
const outOfSync: Status = {
  sync: { status: "OutOfSync", revision: "c0ffee1" },
  resources: [{ kind: "ServiceMonitor", namespace: "shop", name: "orders", status: "OutOfSync" }],
};
const order = (dev: State) => ({
  dev,
  canary: { step: 2, status: "Waiting" },
  prod: { step: 3, status: "Waiting" },
});
const others = [made("canary", outOfSync), made("prod", outOfSync), project("default")];
const said = (...objects: readonly KubeObject[]) => ask(gitopsRollout, { objects: [...objects, ...others] });

describe("a RollingSync that is stuck", () => {
  const behind = "; 2 Applications of later steps wait";
  const since = "2026-01-02T02:19:05.000Z (45m00s)";

  // argo-cd#19771
  it("A stuck RollingSync is reported with the step, the Application that is healthy but out of sync, and since when", async () => {
    const set = applicationSet(order({ step: 1, status: "Progressing" }));
    expect(await said(set, made("dev", outOfSync))).toEqual([
      `fail applicationset shop: step 1 of 3 waits for dev (Progressing: OutOfSync and Healthy, differing in ServiceMonitor orders), since ${since}${behind}`,
    ]);
  });

  // argo-cd#12459, argo-cd#22976
  it("An Application whose sync never started is reported with the command that starts it", async () => {
    const objects = [applicationSet(order({ step: 1, status: "Pending" })), made("dev", outOfSync), ...others];
    expect(await ask(gitopsRollout, { objects })).toEqual([
      `fail applicationset shop: step 1 of 3 waits for dev (Pending: no sync of it has started), since ${since}${behind}`,
    ]);
    expect(await fixOf(gitopsRollout, { objects })).toBe("gennet sync dev --region eu");
  });

  it("A stuck RollingSync is a symptom of a failed sync, of an unhealthy Application, or of a paused one", async () => {
    const set = applicationSet(order({ step: 1, status: "Progressing" }));
    const operation = { initiatedBy: { username: "applicationset-controller", automated: true } };
    const failed = { operation, phase: "Failed", message: "no CRD", startedAt: ago(40) } as const;
    const [sync] = await said(set, made("dev", { ...outOfSync, operationState: failed }));
    expect(sync).toContain("dev (Progressing: its sync failed: no CRD)");
    expect(sync).toMatch(/\(gitops\/operation\)$/);
    const [health] = await said(set, made("dev", { health: { status: "Degraded" } }));
    expect(health).toContain("dev (Progressing: Synced and Degraded)");
    expect(health).toMatch(/\(gitops\/health\)$/);
    const paused = made("dev", outOfSync, { "argocd.argoproj.io/skip-reconcile": "true" });
    expect((await said(set, paused))[0]).toMatch(
      /dev \(Progressing: not compared by Argo CD\).* \(gitops\/compared\)$/,
    );
    expect((await said(set, made("dev", { health: { status: "Suspended" } })))[0]).toContain("Synced and Suspended");
    expect((await said(set))[0]).toContain("dev (Progressing: there is no such Application)");
  });

  it("A RollingSync that a sync window holds, or that is recent, is only a warning", async () => {
    const deny = { kind: "deny", schedule: "* * * * *", duration: "1h", applications: ["dev"] };
    const set = applicationSet(order({ step: 1, status: "Pending" }));
    const objects = [set, made("dev", outOfSync), ...others.slice(0, 2), project("default", [deny])];
    expect((await ask(gitopsRollout, { objects }))[0]).toMatch(
      /^warn .*dev \(Pending: the deny window .*\(gitops\/window\)$/,
    );
    const fresh = applicationSet(order({ step: 1, status: "Progressing", minutes: 5 }));
    expect((await said(fresh, made("dev", { health: { status: "Progressing" } })))[0]).toMatch(/^warn .*\(5m00s\)/);
  });

  it("A step waits for the Applications in progress, and not for those that may not start before them", async () => {
    const rollout = {
      "dev-1": { step: 1, status: "Healthy" },
      "dev-2": { step: 1, status: "Progressing", minutes: 40 },
      "dev-3": { step: 1, status: "Waiting", minutes: 90 },
    };
    const apps = [made("dev-1"), made("dev-2", outOfSync), made("dev-3", outOfSync)];
    const [finding] = await said(applicationSet(rollout), ...apps);
    expect(finding).toMatch(/step 1 of 3 waits for dev-2 \(.*\), since .* \(40m00s\)$/);
    const idle = applicationSet({ "dev-3": { step: 1, status: "Waiting", minutes: 90 } });
    expect((await said(idle, ...apps))[0]).toContain("dev-3 (Waiting: its sync has not been requested)");
  });
});

describe("an Application of a later step", () => {
  it("An Application of a later step is out of sync because of the previous step, without a command that breaks the order", async () => {
    const set = applicationSet(order({ step: 1, status: "Progressing" }));
    const objects = [set, made("dev", outOfSync), ...others];
    const { findings } = await askOne(gitopsSync, { objects }, [gitopsRollout]);
    expect(findings.map(({ subject, cause, fix }) => [subject, cause, fix])).toEqual([
      ["application dev", undefined, "gennet sync dev --region eu"],
      ["2 applications (canary, prod)", "gitops/rollout", undefined],
    ]);
  });

  it("If ApplicationSets may not be read, the rollout is unknown, and the Application is judged like any other", async () => {
    const errors = { ApplicationSet: new AppError("KUBE_DENIED", "applicationsets are forbidden") };
    const objects = [made("prod", outOfSync), project("default")];
    expect((await ask(gitopsSync, { objects, errors }))[0]).toContain("warn application prod: out of sync");
    expect(await ask(gitopsRollout, { objects, errors })).toEqual([
      "unknown progressive syncs: applicationsets are forbidden",
    ]);
  });
});

describe("a RollingSync without a rollout", () => {
  it("RollingSync has no effect if its controller runs without progressive syncs", async () => {
    expect((await said(applicationSet({}, [generated]), made("dev")))[0]).toBe(
      "warn applicationset shop: RollingSync has no effect: its controller runs without progressive syncs, and syncs 3 Applications in no particular order",
    );
    expect((await said(applicationSet({}, []), made("dev")))[0]).toMatch(/^unknown .* has not reconciled it$/);
    expect((await said(applicationSet({}), made("dev")))[0]).toMatch(/^skip /);
  });

  it("A step that selects nothing, and an out-of-sync Application that no step selects, are warnings", async () => {
    const invalid = { type: "InvalidRolloutConfig", status: "True", message: "Step 2 has no matching Applications" };
    const set = applicationSet({ dev: { step: -1, status: "Waiting" } }, [generated, progressing, invalid]);
    expect(await said(set, made("dev", outOfSync))).toEqual([
      "warn applicationset shop: Step 2 has no matching Applications",
      "warn applicationset shop: application dev is out of sync, and in none of the 3 steps: nothing syncs it",
    ]);
  });

  it("A rollout is ok if each step is done, and is not checked for another strategy", async () => {
    const done = applicationSet({ dev: { step: 1, status: "Healthy" }, prod: { step: 2, status: "Healthy" } });
    expect(await said(done, made("dev"))).toEqual(["ok 1 ApplicationSet: no step is waiting"]);
    expect(await said({ ...done, spec: {} }, made("dev"))).toEqual([]);
  });
});

describe("gitops/generated", () => {
  const find = (...objects: readonly KubeObject[]) =>
    ask(gitopsGenerated, { objects: [...objects, project("default")] });

  it("An ApplicationSet that cannot generate fails with Argo CD's message, even if its existing Applications look healthy", async () => {
    const error = { type: "ErrorOccurred", status: "True", message: "cluster generator: no such\n secret" };
    expect(await find(applicationSet({}, [generated, error]), made("dev"))).toEqual([
      "fail applicationset shop: cluster generator: no such secret",
    ]);
  });

  it("An ApplicationSet is ok if its controller has reconciled it and generated something", async () => {
    expect(await find(applicationSet({}), made("dev"))).toEqual([
      "ok 1 ApplicationSet: their Applications are generated",
    ]);
    expect((await find(applicationSet({}, []), made("dev")))[0]).toMatch(/^unknown .* has not reconciled it$/);
    expect(await find(applicationSet({}))).toEqual(["skip applicationset shop: generates no Application"]);
    expect(await find()).toEqual([]);
  });

  it("A deletion that takes long is reported", async () => {
    const leaving = (minutes: number) => applicationSet({}, [generated], { deletionTimestamp: ago(minutes) });
    expect((await find(leaving(5)))[0]).toMatch(/^warn .* \(5m00s\)$/);
    expect((await find(leaving(45)))[0]).toMatch(/^fail .* \(45m00s\)$/);
  });

  it("Only ApplicationSets that generate a selected Application are checked", async () => {
    const objects = [applicationSet({}, []), made("dev"), project("default")];
    expect(await ask(gitopsGenerated, { objects, namespace: "payments" })).toEqual([]);
    expect(await ask(gitopsGenerated, { objects, namespace: "dev" })).toHaveLength(1);
  });
});
