import { describe, expect, it } from "vitest";
import { application, controllerOf, project } from "../../test/support/applications.ts";
import { memoryHost } from "../../test/support/host.ts";
import { memoryCluster } from "../../test/support/memory-cluster.ts";
import { AppError } from "../core/error.ts";
import type { Event } from "../core/event.ts";
import { createArgoCd } from "../k8s/argocd/argocd.ts";
import type { ApplicationObject } from "../k8s/argocd/read-application.ts";
import type { Cluster } from "../k8s/port.ts";
import type { GitopsRegion } from "./reach-argocd.ts";
import type { Selection } from "./select-applications.ts";
import { exitOfSync } from "./sync-report.ts";
import { type SyncAll, syncRegions } from "./sync-regions.ts";

interface RegionOptions {
  readonly wave?: number;
  readonly applications?: readonly ApplicationObject[];
  readonly windows?: readonly object[];
  /** Names whose operations fail. */
  readonly failing?: readonly string[];
  readonly installed?: boolean;
}

/** A region whose controller does what it is asked for at once. */
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
    // Git holds a newer commit than the one that was last compared.
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
  return { name, wave: options.wave ?? 1, connect, asked, requests };
}

/** Notes which calls are made of the API server. */
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

function down(name: string, error: AppError): GitopsRegion {
  return { name, wave: 1, connect: () => Promise.reject(error) };
}

const nothing: Selection = { names: [], all: false, selector: undefined, namespace: "argocd" };

async function sync(regions: readonly GitopsRegion[], selection: Partial<Selection>, more: Partial<SyncAll> = {}) {
  const { clock, signal } = memoryHost();
  const events: Event[] = [];
  const how = { id: "id", prune: false, async: false, settleMs: 1_000, dryRun: false, refresh: false, waves: false };
  const request = { ...how, ...more, selection: { ...nothing, ...selection } };
  const report = await syncRegions(regions, request, { clock, signal, emit: (event) => void events.push(event) });
  const ends = report.items.map(({ region, name, outcome }) => `${region} ${name} ${outcome}`);
  return { report, ends, exit: exitOfSync(report), events };
}

const orders = application("orders");
const payments = application("payments", {}, { metadata: { name: "payments", labels: { domain: "money" } } });

describe("gennet sync", () => {
  it("syncs what is named in every region that has it", async () => {
    const [eu, us] = [region("eu", { applications: [orders, payments] }), region("us", { applications: [payments] })];
    const { ends, exit, events } = await sync([eu, us], { names: ["orders", "payments"] });
    expect(ends).toEqual(["eu orders succeeded", "eu payments succeeded", "us payments succeeded"]);
    expect(exit).toBe(0);
    expect(events[0]).toEqual({
      type: "tasks",
      tasks: [
        { id: "eu/orders", title: "eu: orders" },
        { id: "eu/payments", title: "eu: payments" },
        { id: "us/payments", title: "us: payments" },
      ],
    });
  });

  it("asks for the state of all of them once, however many there are, and writes once for each", async () => {
    const applications = Array.from({ length: 50 }, (_, at) => application(`app-${at}`));
    const eu = region("eu", { applications });
    expect((await sync([eu], { all: true })).exit).toBe(0);
    expect(eu.requests.filter((request) => request !== "patch")).toEqual(["serves", "watch", "get"]);
    expect(eu.requests).toHaveLength(53);
  });

  it("takes all, or those with a label", async () => {
    const eu = region("eu", { applications: [orders, payments] });
    expect((await sync([eu], { selector: "domain=money" })).ends).toEqual(["eu payments succeeded"]);
    expect((await sync([eu], { all: true })).ends).toHaveLength(2);
  });

  it("refuses a name that no region has, before anything is asked for, and knows what was meant", async () => {
    const eu = region("eu", { applications: [orders, payments] });
    await expect(sync([eu], { names: ["payments", "order"] })).rejects.toMatchObject({
      code: "APPLICATION_UNKNOWN",
      next: ["Is it orders?", "gennet app list   shows them all"],
    });
    await expect(sync([eu], { names: ["order"] })).rejects.toMatchObject({ code: "APPLICATION_UNKNOWN" });
    expect(eu.asked).toEqual([]);
  });

  it.each([
    [new AppError("KUBE_UNREACHABLE", "refused"), 5],
    [new AppError("KUBE_DENIED", "forbidden"), 4],
  ])("shows a region that is not there, and syncs the others: %s", async (error, expected) => {
    const { ends, exit, report } = await sync([down("us", error), region("eu", { applications: [orders] })], {
      names: ["orders"],
    });
    expect(ends).toEqual(["eu orders succeeded"]);
    expect(report.findings).toMatchObject([{ id: "gitops/controller", region: "us", severity: "unknown" }]);
    expect(exit).toBe(expected);
  });

  it("says where Argo CD is not installed", async () => {
    const { report, exit } = await sync([region("eu", { installed: false })], { all: true });
    expect(report.findings[0]?.summary).toContain("not installed");
    expect(exit).toBe(5);
  });

  it("ends by the gravest of what became of them", async () => {
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

  it("goes through the regions wave by wave, and ends with one that is not well", async () => {
    const eu = region("eu", { wave: 2, applications: [orders] });
    const us = region("us", { wave: 1, applications: [orders], failing: ["orders"] });
    const { ends, exit, report } = await sync([eu, us], { all: true }, { waves: true });
    expect(ends).toEqual(["us orders failed", "eu orders skipped"]);
    expect(report.items[1]?.message).toBe("wave 1 did not end well");
    expect([exit, eu.asked]).toEqual([3, []]);
    expect((await sync([eu, us], { all: true })).ends).toEqual(["eu orders succeeded", "us orders failed"]);
  });

  it("shows what is out of sync and changes nothing in a dry run", async () => {
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
