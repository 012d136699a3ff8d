import { listed } from "../core/enumerate.ts";
import type { Application, OperationState } from "../k8s/argocd/port.ts";
import { isEarlier } from "./live-applications.ts";
import { leftUnpruned } from "./unpruned.ts";

/**
 * The progress of a requested sync, judged from one state of its Application. `unstarted`: the controller has not begun
 * it. `settling`: the operation is done. `stuck`: nothing in progress would fix the problem, but it may pass.
 * `settled`: in sync and healthy; `fragile` if a controller other than Argo CD's own reports that health and may not
 * have observed the change yet.
 */
export type SyncProgress =
  /** The state is older than the request. */
  | { readonly is: "earlier" }
  | { readonly is: "unstarted"; readonly detail: string }
  | { readonly is: "running"; readonly detail: string; readonly stuck: boolean }
  | { readonly is: "failed"; readonly message: string }
  | { readonly is: "superseded"; readonly by: string; readonly message: string }
  | { readonly is: "settling"; readonly detail: string; readonly stuck: boolean }
  | { readonly is: "settled"; readonly fragile: boolean };

export interface Asked {
  readonly id: string;
  /** The state of the Application that contains the request. */
  readonly version: string;
}

/**
 * Judges by the rules of `argocd app wait --operation --sync --health`, but for one operation, not for whichever is the
 * last: it is over when `.operation` is gone and the Application has been compared since. A Running operation with an
 * end time is paused before the next retry.
 */
export function judgeSync(application: Application, asked: Asked, succeeded: boolean): SyncProgress {
  if (isEarlier(application.version, asked.version)) return { is: "earlier" };
  const { operation, last } = application;
  const ours = last?.operation.id === asked.id ? last : undefined;
  if (operation !== undefined) {
    if (operation.id !== asked.id) return superseded(operation.by, "requested another sync", succeeded);
    return ours === undefined ? { is: "unstarted", detail: "waiting for Argo CD's controller" } : running(ours);
  }
  if (ours === undefined) {
    if (last === undefined) return superseded("another client", "withdrew the request", succeeded);
    return superseded(last.operation.by, "ran another sync", succeeded);
  }
  if (ours.phase === "Failed" || ours.phase === "Error") return { is: "failed", message: ours.message };
  if (ours.phase !== "Succeeded") return running(ours);
  return settling(application, ours);
}

function running(ours: OperationState): SyncProgress {
  const { phase, message, retries } = ours;
  if (ours.pausing) {
    return { is: "running", detail: `pausing before try ${retries + 1}: ${message}`, stuck: false };
  }
  const stuck = ours.held || /^waiting for (pruning|deletion) confirmation /.test(message);
  return { is: "running", detail: message === "" ? phase.toLowerCase() : message, stuck };
}

function superseded(by: string, what: string, succeeded: boolean): SyncProgress {
  const when = succeeded
    ? "after this one succeeded, but before it was seen to be healthy"
    : "before this one finished";
  return { is: "superseded", by, message: `${by} ${what} ${when}` };
}

function settling(application: Application, ours: OperationState): SyncProgress {
  const { reconciledAt, sync, health } = application;
  if (reconciledAt === undefined || reconciledAt < (ours.finishedAt ?? 0)) {
    return { is: "settling", detail: "waiting for the next comparison", stuck: false };
  }
  if (sync === "Unknown") return { is: "settling", detail: "cannot be compared", stuck: true };
  if (sync !== "Synced") {
    const unpruned = leftUnpruned(application, ours);
    if (unpruned.isAll) return { is: "failed", message: `the operation succeeded, but ${unpruned.says}` };
    return { is: "settling", detail: `still out of sync${namesOf(application)}`, stuck: true };
  }
  // A suspended resource is suspended on purpose: a paused rollout, a disabled CronJob.
  if (health === "Healthy" || health === "Suspended") return { is: "settled", fragile: ours.results.some(isForeign) };
  const detail = `${health.toLowerCase()}${because(application)}`;
  return { is: "settling", detail, stuck: health !== "Progressing" };
}

function namesOf({ resources }: Application): string {
  const names = resources.filter(({ differs }) => differs).map(({ kind, name }) => `${kind} ${name}`);
  return names.length === 0 ? "" : `: ${listed(names)}`;
}

/**
 * Returns whether the sync changed an object whose health another controller reports. Kubernetes' own workloads count
 * as healthy only once `observedGeneration` has caught up; for other kinds, Argo CD may still show the health from
 * before the change (https://github.com/argoproj/argo-cd/issues/4669).
 */
function isForeign({ group, hookType, status, message }: OperationState["results"][number]): boolean {
  const hasOwnHealth = !isBuiltIn(group) && !withoutHealth.test(group);
  return hookType === undefined && status === "Synced" && hasOwnHealth && !message.endsWith(" unchanged");
}

/** Argo CD has no health check for Istio's objects: their health cannot change after they are applied. */
const withoutHealth = /\.istio\.io$/;

function isBuiltIn(group: string): boolean {
  return (
    !group.includes(".") || /^([\w-]+|rbac\.authorization|(flowcontrol|internal)\.apiserver)\.k8s\.io$/.test(group)
  );
}

/** Returns the resource that determines the health, if Argo CD stores it (`controller.resource.health.persist`). */
function because({ health, resources }: Application): string {
  const found = resources.find((each) => each.health === health);
  if (found === undefined) return "";
  return `: ${found.kind} ${found.name}${found.message === undefined ? "" : `: ${found.message}`}`;
}
