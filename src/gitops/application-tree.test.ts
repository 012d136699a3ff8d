import { describe, expect, it } from "vitest";
import { application } from "../../test/support/applications.ts";
import { commandsFor } from "../../test/support/region-commands.ts";
import { memoryCluster } from "../../test/support/memory-cluster.ts";
import type { TextView } from "../core/command.ts";
import { createArgoCd } from "../k8s/argocd/argocd.ts";
import type { KubeObject } from "../k8s/port.ts";
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

const resources = [
  { group: "apps", kind: "Deployment", namespace: "orders", name: "orders", status: "OutOfSync" as const, syncWave: 2 },
  { kind: "ConfigMap", namespace: "orders", name: "old", status: "OutOfSync" as const, requiresPruning: true },
];
const orders = application("orders", { resources, health: { status: "Progressing" } });
const ready = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
const crashing = { phase: "Running", containerStatuses: [{ state: { waiting: { reason: "CrashLoopBackOff" } } }] };

describe("gennet app tree", () => {
  it("shows what Git holds by wave, and the pods below it", async () => {
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
      "├─ ConfigMap old  OutOfSync  no longer in Git",
      "└─ Deployment orders  OutOfSync  1/2 available",
      "   └─ ReplicaSet orders-new",
      "      ├─ Pod orders-new-1  ready",
      "      └─ Pod orders-new-2  CrashLoopBackOff",
    ]);
    expect(exitOfList(tree)).toBe(0);
  });

  it("refuses a name that no region has", async () => {
    const which = { namespace: "argocd", name: "oders" };
    await expect(applicationTree([region("eu", orders)], which, signal)).rejects.toMatchObject({
      code: "APPLICATION_UNKNOWN",
      next: ["Is it orders?", "gennet app list   shows them all"],
    });
  });
});

it("gennet app list shows all regions, with the operation that is asked for", async () => {
  const asked = application("payments", {}, { operation: { initiatedBy: { username: "jo" } } });
  const list = await listApplications([region("eu", orders), region("us", asked)], { namespace: "argocd" }, signal);
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
  });
  expect(applicationRows(list, plain).map((row) => row.join(" "))).toEqual([
    "REGION NAME SYNC HEALTH OPERATION REVISION POLICY",
    "eu orders Synced Progressing - c0ffee0 manual",
    "us payments Synced Healthy Running (jo) c0ffee0 manual",
  ]);
});
