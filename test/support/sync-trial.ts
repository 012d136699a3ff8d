import { followApplications } from "../../src/gitops/live-applications.ts";
import { syncApplication } from "../../src/gitops/sync-application.ts";
import type { SyncOptions } from "../../src/gitops/sync-options.ts";
import { createArgoCd } from "../../src/k8s/argocd/argocd.ts";
import type { ArgoCd } from "../../src/k8s/argocd/port.ts";
import type { ApplicationObject } from "../../src/k8s/argocd/read-application.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";
import { application, controllerOf, project } from "./applications.ts";
import { manualClock } from "./manual-clock.ts";
import { memoryCluster } from "./memory-cluster.ts";
import { commandsFor } from "./region-commands.ts";

export interface SyncTrial extends Partial<Pick<SyncOptions, "async" | "prune" | "terminate" | "settleMs">> {
  readonly before?: ApplicationObject;
  readonly windows?: readonly object[];
  /** Further objects of the cluster. */
  readonly objects?: readonly KubeObject[];
  /** Replaces Argo CD's adapter; `touch` changes the Application. */
  readonly adapter?: (argocd: ArgoCd, touch: () => void) => ArgoCd;
}

/** A running sync of the Application orders, whose controller the test controls. */
export async function syncTrial(options: SyncTrial = {}) {
  const { before = application("orders"), windows = [], objects = [], adapter, ...how } = options;
  const cluster = memoryCluster("eu");
  for (const each of [project("default", windows), ...objects, before]) cluster.store(each);
  const { namespace = "argocd" } = before.metadata;
  const controller = controllerOf(cluster, "orders", namespace);
  const real = createArgoCd(cluster.cluster);
  const argocd = adapter?.(real, () => void cluster.store(controller.current())) ?? real;
  const stop = new AbortController();
  const { signal } = stop;
  const live = await followApplications(
    (inner) => argocd.watch({ namespace }, inner),
    () => undefined,
    signal,
  );
  const clock = manualClock();
  const told: string[] = [];
  const notes: string[] = [];
  const heard = new Map<string, () => void>();
  const report = (detail: string): void => {
    told.push(detail);
    for (const [part, wake] of heard) if (detail.includes(part)) wake();
  };
  const note = (text: string): void => void notes.push(text);
  const flags = { prune: false, async: false, terminate: false, settleMs: 30_000 };
  const defaults = { region: "eu", commands: commandsFor("eu"), id: "ours", ...flags, note };
  const begun = live.find("orders");
  if (begun === undefined) throw new Error("orders does not exist");
  const done = syncApplication(begun, live, argocd, { ...defaults, ...how, clock, report, signal });
  return {
    cluster,
    store: cluster.store,
    controller,
    current: controller.current,
    clock,
    told,
    notes,
    stop,
    done,
    /** Resolves once a progress message contains these words. */
    tells: (part: string): Promise<void> =>
      told.some((detail) => detail.includes(part))
        ? Promise.resolve()
        : new Promise((resolve) => heard.set(part, resolve)),
  };
}
