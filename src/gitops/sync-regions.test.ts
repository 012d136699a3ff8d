import { describe, expect, it } from "vitest";
import { application, controllerOf, project } from "../../test/support/applications.ts";
import { memoryHost } from "../../test/support/host.ts";
import { commandsFor } from "../../test/support/region-commands.ts";
import { memoryCluster } from "../../test/support/memory-cluster.ts";
import { AppError } from "../core/error.ts";
import type { Event } from "../core/event.ts";
import { createArgoCd } from "../k8s/argocd/argocd.ts";
import type { ApplicationObject } from "../k8s/argocd/read-application.ts";
import type { Cluster } from "../k8s/port.ts";
import type { GitopsRegion } from "./reach-argocd.ts";
import type { ApplicationSelection } from "./select-applications.ts";
import { exitOfSync } from "./sync-report.ts";
import type { SyncAll } from "./sync-region.ts";
import { syncRegions } from "./sync-regions.ts";

interface RegionOptions {
  readonly wave?: number;
  readonly applications?: readonly ApplicationObject[];
  readonly windows?: readonly object[];
  /** Names of Applications whose operations fail. */
  readonly failing?: readonly string[];
  readonly installed?: boolean;
}

/** A region whose controller processes every request immediately. */
function region(name: string, options: RegionOptions = {}) {
  const { applications = [], windows = [], failing = [], installed = true } = options;
  const cluster = memoryCluster(name);
  const requests: string[] = [];
  if (!installed) cluster.unserved.add("Application");
  for (const each of [project("default", windows), ...applications]) cluster.store(each);
  const argocd = createArgoCd(counted(cluster.cluster, requests));
  const asked: string[] = [];
  const connect = async () => ({
    ...argocd,
    // Git has a newer commit than the last compared one.
    requestRefresh: async (...args: Parameters<typeof argocd.requestRefresh>) => {
      const stored = await argocd.requestRefresh(...args);
      controllerOf(cluster, stored.name).refreshes({ sync: { status: "OutOfSync" } });
      return stored;
    },
    requestSync: async (...args: Parameters<typeof argocd.requestSync>) => {
      const stored = await argocd.requestSync(...args);
      asked.push(stored.name);
      const controller = controllerOf(cluster, stored.name);
      controller.ends(failing.includes(stored.name) ? "Failed" : "Succeeded", { message: "done" });
      controller.compares();
      return stored;
    },
  });
  return { name, wave: options.wave ?? 1, commands: commandsFor(name), connect, asked, requests };
}

/** Records the calls to the API server. */
function counted(cluster: Cluster, requests: string[]): Cluster {
  return new Proxy(cluster, {
    get: (target, property: keyof Cluster) => {
      const member: unknown = target[property];
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        requests.push(property);
        return member.apply(target, args) as unknown;
      };
    },
  });
}

function down(name: string, error: AppError, wave = 1): GitopsRegion {
  return { name, wave, commands: commandsFor(name), connect: () => Promise.reject(error) };
}

const nothing: ApplicationSelection = { names: [], all: false, selector: undefined, namespace: "argocd" };

async function sync(
  regions: readonly GitopsRegion[],
  selection: Partial<ApplicationSelection>,
  more: Partial<SyncAll> = {},
) {
  const { clock, signal } = memoryHost();
  const events: Event[] = [];
  const flags = { prune: false, async: false, terminate: false, dryRun: false, refresh: false, waves: false };
  const how = { id: "id", settleMs: 1_000, ...flags };
  const request = { ...how, ...more, selection: { ...nothing, ...selection } };
  const report = await syncRegions(regions, request, { clock, signal, emit: (event) => void events.push(event) });
  const ends = report.items.map(({ region, name, outcome }) => `${region} ${name} ${outcome}`);
  return { report, ends, exit: exitOfSync(report), events };
}

const orders = application("orders");
const payments = application("payments", {}, { metadata: { name: "payments", labels: { domain: "money" } } });

describe("gennet sync", () => {
  it("gennet sync syncs the named Applications in every region that has them", async () => {
    const [eu, us] = [region("eu", { applications: [orders, payments] }), region("us", { applications: [payments] })];
    const { ends, exit, events } = await sync([eu, us], { names: ["orders", "payments"] });
    expect(ends).toEqual(["eu orders succeeded", "eu payments succeeded", "us payments succeeded"]);
    expect(exit).toBe(0);
    expect(events.flatMap((event) => (event.type === "tasks" ? event.tasks : []))).toEqual([
      { id: "eu/orders", title: "eu: orders" },
      { id: "eu/payments", title: "eu: payments" },
      { id: "us/payments", title: "us: payments" },
    ]);
  });

  it("gennet sync reads all Applications once, however many there are, and writes once for each", async () => {
    const applications = Array.from({ length: 50 }, (_, at) => application(`app-${at}`));
    const eu = region("eu", { applications });
    expect((await sync([eu], { all: true })).exit).toBe(0);
    expect(eu.requests.filter((request) => request !== "patch")).toEqual(["serves", "watch", "get"]);
    expect(eu.requests).toHaveLength(53);
  });

  it("gennet sync syncs all Applications, or those with a label", async () => {
    const eu = region("eu", { applications: [orders, payments] });
    expect((await sync([eu], { selector: "domain=money" })).ends).toEqual(["eu payments succeeded"]);
    expect((await sync([eu], { all: true })).ends).toHaveLength(2);
  });

  it("gennet sync rejects a name that no region has before it requests anything, and suggests a similar one", async () => {
    const eu = region("eu", { applications: [orders, payments] });
    await expect(sync([eu], { names: ["payments", "order"] })).rejects.toMatchObject({
      code: "APPLICATION_UNKNOWN",
      next: ["Did you mean orders?", "gennet app list  # shows them all"],
    });
    await expect(sync([eu], { names: ["order"] })).rejects.toMatchObject({ code: "APPLICATION_UNKNOWN" });
    expect(eu.asked).toEqual([]);
  });

  it.each([
    [new AppError("KUBE_UNREACHABLE", "refused"), 5],
    [new AppError("KUBE_DENIED", "forbidden"), 4],
  ])("gennet sync reports an unreachable region, and syncs the others: %s", async (error, expected) => {
    const { ends, exit, report } = await sync([down("us", error), region("eu", { applications: [orders] })], {
      names: ["orders"],
    });
    expect(ends).toEqual(["eu orders succeeded"]);
    expect(report.findings).toMatchObject([{ id: "gitops/controller", region: "us", severity: "unknown" }]);
    expect(exit).toBe(expected);
  });

  it("gennet sync reports that Argo CD is not installed", async () => {
    const { report, exit } = await sync([region("eu", { installed: false })], { all: true });
    expect(report.findings[0]?.summary).toContain("not installed");
    expect(exit).toBe(5);
  });

  it("gennet sync exits with the code of the most severe outcome", async () => {
    const eu = region("eu", {
      applications: [orders, payments],
      failing: ["payments"],
      windows: [{ kind: "deny", schedule: "* * * * *", duration: "1h", applications: ["orders"] }],
    });
    const { ends, exit } = await sync([eu], { all: true });
    expect(ends).toEqual(["eu orders blocked", "eu payments failed"]);
    expect(exit).toBe(3);
    expect((await sync([eu], { names: ["orders"] })).exit).toBe(7);
  });

  it("gennet sync --waves syncs wave by wave, and stops after an unhealthy one", async () => {
    const eu = region("eu", { wave: 2, applications: [orders] });
    const us = region("us", { wave: 1, applications: [orders], failing: ["orders"] });
    const { ends, exit, report } = await sync([eu, us], { all: true }, { waves: true });
    expect(ends).toEqual(["us orders failed", "eu orders skipped"]);
    expect(report.items[1]?.message).toBe("wave 1 did not succeed");
    expect([exit, eu.asked]).toEqual([3, []]);
    expect((await sync([eu, us], { all: true })).ends).toEqual(["eu orders succeeded", "us orders failed"]);
  });

  it("gennet sync --waves stops after a wave that is unknown, because the canary's region is unreachable", async () => {
    const eu = region("eu", { wave: 2, applications: [orders] });
    const us = down("us", new AppError("KUBE_UNREACHABLE", "refused"), 1);
    const { ends, exit, report } = await sync([eu, us], { all: true }, { waves: true });
    expect(ends).toEqual(["eu orders skipped"]);
    expect(report.items[0]?.message).toBe("wave 1 is unknown: us could not be queried");
    expect([exit, eu.asked]).toEqual([5, []]);
    // Without an order, the other regions are synced anyway.
    expect((await sync([eu, us], { all: true })).ends).toEqual(["eu orders succeeded"]);
    // An unknown later wave does not affect earlier ones.
    const late = down("us", new AppError("KUBE_DENIED", "forbidden"), 3);
    expect((await sync([eu, late], { all: true }, { waves: true })).ends).toEqual(["eu orders succeeded"]);
  });

  it("gennet sync --waves is rejected if an ApplicationSet controls the order, before anything is requested", async () => {
    const ownerReferences = [{ kind: "ApplicationSet", name: "shop", controller: true }];
    const made = application("orders", {}, { metadata: { name: "orders", ownerReferences } });
    const set = (strategy: object): ApplicationObject =>
      ({
        apiVersion: "argoproj.io/v1alpha1",
        kind: "ApplicationSet",
        metadata: { name: "shop", namespace: "argocd" },
        spec: { strategy },
      }) as never;
    const rolling = set({ type: "RollingSync", rollingSync: { steps: [{}, {}, {}] } });
    const eu = region("eu", { applications: [made, rolling] });
    await expect(sync([eu], { names: ["orders"] }, { waves: true })).rejects.toMatchObject({
      code: "SYNC_ORDER_OWNED",
      next: [
        "kubectl --context eu -n argocd describe applicationset shop",
        "Omit --waves, or select Applications that no such ApplicationSet manages.",
      ],
    });
    expect(eu.asked).toEqual([]);
    const plain = region("eu", { applications: [made, set({ type: "AllAtOnce" })] });
    expect((await sync([plain], { names: ["orders"] }, { waves: true })).ends).toEqual(["eu orders succeeded"]);
  });

  // https://github.com/argoproj/argo-cd/issues/12459, https://github.com/argoproj/argo-cd/issues/22976
  it("gennet sync warns if a sync overtakes an ApplicationSet that has not reached the Application", async () => {
    const owner = { kind: "ApplicationSet", name: "shop", controller: true };
    const made = ["orders", "payments", "web"].map((name) =>
      application(name, {}, { metadata: { name, ownerReferences: [owner] } }),
    );
    const rolling = (type: string): ApplicationObject =>
      ({
        apiVersion: "argoproj.io/v1alpha1",
        kind: "ApplicationSet",
        metadata: { name: "shop", namespace: "argocd" },
        spec: { strategy: { type, rollingSync: { steps: [{}, {}] } } },
        status: {
          applicationStatus: [
            { application: "orders", step: "1", status: "Progressing" },
            { application: "payments", step: "2", status: "Waiting" },
            { application: "web", step: "-1", status: "Waiting" },
          ],
        },
      }) as never;
    const notes = async (type: string, more: Partial<SyncAll> = {}, error?: AppError) => {
      const eu = region("eu", { applications: [...made, rolling(type)] });
      const applicationSet = (): Promise<never> => Promise.reject(error);
      const denied = { ...eu, connect: async () => ({ ...(await eu.connect()), applicationSet }) };
      const { events, ends } = await sync([error === undefined ? eu : denied], { all: true }, more);
      expect(ends).toHaveLength(3);
      return events.flatMap((event) => (event.type === "note" ? event.text : []));
    };
    const said = [
      "eu: payments is in step 2 of 2 of the ApplicationSet shop, which has not reached that step: this sync overtakes it",
    ];
    expect(await notes("RollingSync")).toEqual(said);
    expect(await notes("RollingSync", { dryRun: true })).toEqual(said);
    expect(await notes("AllAtOnce")).toEqual([]);
    expect(await notes("RollingSync", {}, new AppError("KUBE_DENIED", "forbidden"))).toEqual([
      "eu: whether this sync overtakes the order of the ApplicationSet shop is unknown: forbidden",
    ]);
  });

  it.each([
    ["all", { all: true }],
    ["names that other regions have", { names: ["orders"] }],
  ])(
    "gennet sync syncs %s while a region does not respond, which is unknown after the time-out",
    async (_what, selection) => {
      const limit = new AbortController();
      const silent: GitopsRegion = {
        ...down("us", new AppError("KUBE_UNREACHABLE", "refused")),
        connect: () =>
          new Promise((_, reject) => limit.signal.addEventListener("abort", () => reject(new Error("aborted")))),
      };
      const { clock } = memoryHost();
      const flags = { prune: false, async: false, terminate: false, dryRun: false, refresh: false, waves: false };
      const request = { id: "id", settleMs: 1_000, ...flags, selection: { ...nothing, ...selection } };
      const whenSynced = (event: Event): void => {
        if (event.type === "task" && event.id === "eu/orders" && event.state === "done")
          limit.abort(new AppError("TIMED_OUT", "Not done within --timeout 5s."));
      };
      const setting = { clock, signal: limit.signal, emit: whenSynced };
      const report = await syncRegions([silent, region("eu", { applications: [orders] })], request, setting);
      expect(report.items).toMatchObject([{ region: "eu", name: "orders", outcome: "succeeded" }]);
      expect(report.findings).toMatchObject([{ region: "us", obstacle: "timed-out" }]);
      expect(exitOfSync(report)).toBe(6);
    },
  );

  it("gennet sync requests nothing while a name may be a mistake, because its region may not have answered yet", async () => {
    const us = region("us", { applications: [payments] });
    const eu = region("eu", { applications: [orders] });
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    const late = { ...us, connect: async () => asked.then(us.connect) };
    const running = sync([eu, late], { names: ["orders", "payment"] });
    answer();
    await expect(running).rejects.toMatchObject({
      code: "APPLICATION_UNKNOWN",
      next: [expect.stringContaining("payments"), expect.anything()],
    });
    expect([eu.asked, us.asked]).toEqual([[], []]);
  });

  it("gennet sync --dry-run shows that the next sync re-creates hooks", async () => {
    const resources = [
      { kind: "Job", name: "migrate", hookType: "PreSync", hookPhase: "Succeeded" },
      { kind: "ConfigMap", name: "orders", status: "Synced" },
    ];
    const operationState = {
      operation: {},
      phase: "Succeeded" as const,
      startedAt: "2026-01-02T03:00:00Z",
      syncResult: { resources },
    };
    const eu = region("eu", { applications: [application("orders", { operationState })] });
    const { ends, exit, report } = await sync([eu], { all: true }, { dryRun: true });
    expect(ends).toEqual(["eu orders pending"]);
    expect(report.items[0]?.message).toBe(
      "Job migrate (hook PreSync, re-created), compared at 2026-01-02T03:00:00.000Z",
    );
    expect(exit).toBe(8);
  });

  it("gennet sync --dry-run rejects what a sync would reject", async () => {
    const metadata = { name: "orders", deletionTimestamp: "2026-01-02T03:00:00Z" };
    const eu = region("eu", { applications: [application("orders", {}, { metadata })] });
    const { ends, exit } = await sync([eu], { all: true }, { dryRun: true });
    expect([ends, exit]).toEqual([["eu orders blocked"], 7]);
  });

  it("gennet sync --dry-run shows what is out of sync, and changes nothing", async () => {
    const resources = [{ kind: "Deployment", name: "orders", status: "OutOfSync" as const }];
    const changed = application("orders", { sync: { status: "OutOfSync" }, resources });
    const eu = region("eu", { applications: [changed, payments] });
    const { ends, exit, report } = await sync([eu], { all: true }, { dryRun: true });
    expect(ends).toEqual(["eu orders pending", "eu payments unchanged"]);
    expect(report.items[0]?.message).toBe("Deployment orders, compared at 2026-01-02T03:00:00.000Z");
    expect([exit, eu.asked]).toEqual([8, []]);
    expect((await sync([eu], { names: ["payments"] }, { dryRun: true })).exit).toBe(0);
    const conditions = [{ type: "ComparisonError", message: "no such revision" }];
    const unread = application("stock", { sync: { status: "Unknown" }, conditions });
    const unknown = await sync([region("eu", { applications: [unread] })], { all: true }, { dryRun: true });
    expect([unknown.ends, unknown.exit]).toEqual([["eu stock unknown"], 5]);
    expect(unknown.report.items[0]?.message).toContain("not compared with Git; no such revision");
    const fresh = await sync([eu], { names: ["payments"] }, { dryRun: true, refresh: true });
    expect([fresh.ends, fresh.exit]).toEqual([["eu payments pending"], 8]);
  });
});
