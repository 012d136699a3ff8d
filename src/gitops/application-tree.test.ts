import { describe, expect, it } from "vitest";
import { application } from "../../test/support/applications.ts";
import { commandsFor } from "../../test/support/region-commands.ts";
import { memoryCluster } from "../../test/support/memory-cluster.ts";
import type { TextView } from "../core/command.ts";
import { AppError } from "../core/error.ts";
import { createArgoCd } from "../k8s/argocd/argocd.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";
import { exitOfList, listApplications } from "./application-list.ts";
import { applicationRows, treeLines } from "./application-text.ts";
import { applicationTree, type TreeRegion } from "./application-tree.ts";

const { signal } = new AbortController();
const plain: TextView = { wide: false, columns: 120, paint: (_tone, text) => text };

function owned(apiVersion: string, kind: string, name: string, owner: string, status: object = {}): KubeObject {
  const [ownerKind, ownerName] = owner.split(" ");
  const ownerReferences = [{ kind: ownerKind, name: ownerName, controller: true }];
  return { apiVersion, kind, metadata: { name, namespace: "orders", ownerReferences }, status };
}

function region(name: string, ...objects: readonly KubeObject[]): TreeRegion {
  const { cluster, store } = memoryCluster(name);
  for (const object of objects) store(object);
  return {
    name,
    wave: 1,
    commands: commandsFor(name),
    connect: async () => createArgoCd(cluster),
    cluster: async () => cluster,
  };
}

const now = Date.parse("2026-01-02T03:04:05Z");
const resources = [
  { group: "apps", kind: "Deployment", namespace: "orders", name: "orders", status: "OutOfSync" as const, syncWave: 2 },
  { kind: "ConfigMap", namespace: "orders", name: "old", status: "OutOfSync" as const, requiresPruning: true },
];
const orders = application("orders", { resources, health: { status: "Progressing" } });
const ready = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
const crashing = { phase: "Running", containerStatuses: [{ state: { waiting: { reason: "CrashLoopBackOff" } } }] };

describe("gennet app tree", () => {
  it("gennet app tree shows the resources in Git by wave, and their pods", async () => {
    const eu = region(
      "eu",
      orders,
      { ...owned("apps/v1", "Deployment", "orders", "None none", { availableReplicas: 1 }), spec: { replicas: 2 } },
      owned("apps/v1", "ReplicaSet", "orders-new", "Deployment orders"),
      owned("apps/v1", "ReplicaSet", "orders-old", "Deployment orders"),
      owned("v1", "Pod", "orders-new-1", "ReplicaSet orders-new", ready),
      owned("v1", "Pod", "orders-new-2", "ReplicaSet orders-new", crashing),
      owned("v1", "Pod", "other-1", "ReplicaSet other", ready),
    );
    const tree = await applicationTree([eu], { namespace: "argocd", name: "orders" }, signal);
    expect(treeLines(tree, plain)).toEqual([
      "eu: orders Synced Progressing",
      "├─ ConfigMap old  OutOfSync  no longer in Git  missing",
      "└─ Deployment orders  OutOfSync  1/2 available",
      "   └─ ReplicaSet orders-new",
      "      ├─ Pod orders-new-1  ready",
      "      └─ Pod orders-new-2  CrashLoopBackOff",
    ]);
    expect(exitOfList(tree)).toBe(0);
  });

  it("gennet app tree shows deleted resources as missing, and claims nothing about those that it may not list", async () => {
    const paused = { "argocd.argoproj.io/skip-reconcile": "true" };
    const gone = application(
      "orders",
      {
        resources: [
          { group: "apps", kind: "Deployment", namespace: "orders", name: "orders", status: "Synced" },
          { kind: "ConfigMap", namespace: "orders", name: "settings", status: "Synced" },
          { kind: "Service", namespace: "orders", name: "orders", status: "Synced" },
          { kind: "Namespace", name: "orders", status: "Synced" },
          { kind: "Secret", namespace: "orders", name: "token", status: "Synced" },
        ],
      },
      { metadata: { name: "orders", annotations: paused } },
    );
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "orders", namespace: "orders" } };
    const eu = region("eu", gone, service, { apiVersion: "v1", kind: "Namespace", metadata: { name: "orders" } });
    const denied: TreeRegion = {
      ...eu,
      cluster: async () => {
        const cluster = await eu.cluster();
        return {
          ...cluster,
          table: (query, inner) => {
            if (query.kind === "Secret") throw new AppError("KUBE_DENIED", "forbidden");
            return cluster.table(query, inner);
          },
        };
      },
    };
    const tree = await applicationTree([denied], { namespace: "argocd", name: "orders" }, signal);
    expect(treeLines(tree, plain)).toEqual([
      "eu: orders Synced Healthy",
      "  paused (skip-reconcile)",
      "  compared at 2026-01-02T03:00:00.000Z",
      "├─ ConfigMap settings  Synced  missing",
      "├─ Deployment orders  Synced  missing",
      "├─ Namespace orders  Synced",
      "├─ Secret token  Synced",
      "└─ Service orders  Synced",
    ]);
  });

  it("gennet app tree shows a hook that has run as a hook, never as something that is no longer in Git", async () => {
    const job = { group: "batch", kind: "Job", namespace: "orders", name: "page-up" };
    const operationState = {
      operation: {},
      phase: "Succeeded" as const,
      startedAt: "2026-01-02T03:00:00Z",
      syncResult: { resources: [{ ...job, hookType: "Sync", hookPhase: "Succeeded" }] },
    };
    const hook = { ...job, status: "OutOfSync" as const, hook: true, requiresPruning: true };
    const other = { ...hook, name: "page-down" };
    const waves = application("orders", { operationState, resources: [hook, other] });
    const complete = { conditions: [{ type: "Complete", status: "True" }] };
    const tree = await applicationTree(
      [region("eu", waves, owned("batch/v1", "Job", "page-up", "None none", complete))],
      { namespace: "argocd", name: "orders" },
      signal,
    );
    expect(treeLines(tree, plain)).toEqual([
      "eu: orders Synced Healthy",
      "├─ Job page-down  hook",
      "└─ Job page-up  hook (Sync)  complete",
    ]);
    expect(tree.items[0]?.resources[1]).not.toHaveProperty("requiresPruning");
  });

  it("gennet app tree shows the pods of a ReplicaSet, and the Jobs of a CronJob, if those are in Git themselves", async () => {
    const inGit = application("orders", {
      resources: [
        { group: "apps", kind: "ReplicaSet", namespace: "orders", name: "plain", status: "Synced" },
        { group: "batch", kind: "CronJob", namespace: "orders", name: "nightly", status: "Synced" },
      ],
    });
    const eu = region(
      "eu",
      inGit,
      { ...owned("apps/v1", "ReplicaSet", "plain", "None none", { availableReplicas: 1 }), spec: { replicas: 1 } },
      owned("v1", "Pod", "plain-1", "ReplicaSet plain", ready),
      { ...owned("batch/v1", "CronJob", "nightly", "None none", { active: [{}] }), spec: {} },
      owned("batch/v1", "Job", "nightly-1", "CronJob nightly"),
      owned("v1", "Pod", "nightly-1-x", "Job nightly-1", ready),
    );
    const tree = await applicationTree([eu], { namespace: "argocd", name: "orders" }, signal);
    expect(treeLines(tree, plain)).toEqual([
      "eu: orders Synced Healthy",
      "├─ CronJob nightly  Synced  1 active",
      "│  └─ Job nightly-1  running",
      "│     └─ Pod nightly-1-x  ready",
      "└─ ReplicaSet plain  Synced  1/1 available",
      "   └─ Pod plain-1  ready",
    ]);
  });

  it("gennet app tree rejects a name that no region has", async () => {
    const which = { namespace: "argocd", name: "oders" };
    await expect(applicationTree([region("eu", orders)], which, signal)).rejects.toMatchObject({
      code: "APPLICATION_UNKNOWN",
      next: ["Did you mean orders?", "gennet app list  # shows them all"],
    });
  });
});

it("gennet app list shows all regions, with requested operations", async () => {
  const asked = application("payments", {}, { operation: { initiatedBy: { username: "jo" } } });
  const list = await listApplications(
    [region("eu", orders), region("us", asked)],
    { namespace: "argocd" },
    now,
    signal,
  );
  expect(list.items[0]).toEqual({
    region: "eu",
    namespace: "argocd",
    name: "orders",
    project: "default",
    destination: "orders",
    sync: "Synced",
    health: "Progressing",
    revisions: ["c0ffee0"],
    comparedAt: "2026-01-02T03:00:00.000Z",
    automated: false,
    paused: false,
    conditions: [],
  });
  expect(applicationRows(list, plain).map((row) => row.join(" "))).toEqual([
    "REGION NAME SYNC HEALTH OPERATION REVISION POLICY COMPARED",
    "eu orders Synced Progressing - c0ffee0 manual 4m05s ago",
    "us payments Synced Healthy Running (jo) c0ffee0 manual 4m05s ago",
  ]);
});

it("gennet app list shows deletion, pause, conditions, and the age of comparisons and running operations", async () => {
  const leaving = { name: "leaving", deletionTimestamp: "2026-01-02T03:01:00Z" };
  const paused = { name: "paused", annotations: { "argocd.argoproj.io/skip-reconcile": "true" } };
  const conditions = [{ type: "ComparisonError", message: `rpc error:\n  ${"no such revision ".repeat(8)}` }];
  const operationState = { operation: {}, phase: "Running" as const, startedAt: "2026-01-02T02:04:05Z" };
  const eu = region(
    "eu",
    application("leaving", {}, { metadata: leaving }),
    application("paused", {}, { metadata: paused }),
    application("stuck", { operationState }, { operation: {} }),
    application("unread", { sync: { status: "Unknown" }, conditions }),
  );
  const list = await listApplications([eu], { namespace: "argocd" }, now, signal);
  expect(applicationRows(list, plain).map((row) => row.join(" | "))).toEqual([
    "NAME | SYNC | HEALTH | OPERATION | REVISION | POLICY | COMPARED | NOTES",
    "leaving | Synced | Healthy | - | c0ffee0 | manual | 4m05s ago | deleting since 2026-01-02T03:01:00.000Z",
    "paused | Synced | Healthy | - | c0ffee0 | manual | 4m05s ago | paused (skip-reconcile)",
    "stuck | Synced | Healthy | Running (an unnamed user) 1h00m | c0ffee0 | manual | 4m05s ago | ",
    "unread | Unknown | Healthy | - | - | manual | 4m05s ago | ComparisonError: rpc error: no such revision no such revision no such revision …",
  ]);
});
