import type { Application, OperationState } from "../k8s/argocd/port.ts";
import { isEarlier } from "./live-applications.ts";

/**
 * How far a sync that was asked for has come, from one state of its Application. `settling`: the operation is done.
 * `stuck`: nothing is under way that would mend what is wrong, though it may pass.
 */
export type Progress =
  /** The state is older than the request. */
  | { readonly is: "earlier" }
  | { readonly is: "running"; readonly detail: string; readonly stuck: boolean }
  | { readonly is: "failed"; readonly message: string }
  | { readonly is: "superseded"; readonly by: string; readonly message: string }
  | { readonly is: "settling"; readonly detail: string; readonly stuck: boolean }
  | { readonly is: "settled" };

export interface Asked {
  readonly id: string;
  /** The state of the Application that has the request. */
  readonly version: string;
}

/**
 * The rules of `argocd app wait --operation --sync --health`, for one operation and not for whichever is the last:
 * over is what is gone from `.operation` and has been compared again since; a Running with an end is a pause before
 * the next try.
 */
export function judgeSync(application: Application, asked: Asked, succeeded: boolean): Progress {
  if (isEarlier(application.version, asked.version)) return { is: "earlier" };
  const { operation, last } = application;
  const ours = last?.operation.id === asked.id ? last : undefined;
  if (operation !== undefined) {
    return operation.id === asked.id ? running(ours) : superseded(operation.by, "asked for another sync", succeeded);
  }
  if (ours === undefined) {
    if (last === undefined) return superseded("somebody", "took the request away", succeeded);
    return superseded(last.operation.by, "had another sync done", succeeded);
  }
  if (ours.phase === "Failed" || ours.phase === "Error") return { is: "failed", message: ours.message };
  if (ours.phase !== "Succeeded") return running(ours);
  return settling(application, ours);
}

const blockedMessage = "Sync operation blocked by sync window";

function running(ours: OperationState | undefined): Progress {
  if (ours === undefined) return { is: "running", detail: "waits for Argo CD's controller", stuck: false };
  const { phase, message, finishedAt, retries } = ours;
  if (phase === "Running" && finishedAt !== undefined) {
    return { is: "running", detail: `pauses before try ${retries + 1}: ${message}`, stuck: false };
  }
  const stuck = message.startsWith(blockedMessage);
  return { is: "running", detail: message === "" ? phase.toLowerCase() : message, stuck };
}

function superseded(by: string, what: string, succeeded: boolean): Progress {
  const when = succeeded ? "after this one succeeded, but before it was seen to be well" : "before this one was done";
  return { is: "superseded", by, message: `${by} ${what} ${when}` };
}

function settling(application: Application, { finishedAt = 0 }: OperationState): Progress {
  const { reconciledAt, sync, health, resources } = application;
  if (reconciledAt === undefined || reconciledAt < finishedAt) {
    return { is: "settling", detail: "waits to be compared again", stuck: false };
  }
  if (sync !== "Synced") {
    const extra = resources.filter((each) => each.requiresPruning).length;
    const why = extra > 0 ? `: ${extra} ${extra === 1 ? "resource" : "resources"} to be pruned (--prune)` : "";
    return {
      is: "settling",
      detail: `${sync === "Unknown" ? "cannot be compared" : "still out of sync"}${why}`,
      stuck: true,
    };
  }
  // What is suspended was suspended by somebody: a paused rollout, a CronJob that is switched off.
  if (health === "Healthy" || health === "Suspended") return { is: "settled" };
  const detail = `${health.toLowerCase()}${because(application)}`;
  return { is: "settling", detail, stuck: health !== "Progressing" };
}

/** The resource that makes the health what it is, where Argo CD writes that down (`controller.resource.health.persist`). */
function because({ health, resources }: Application): string {
  const found = resources.find((each) => each.health === health);
  if (found === undefined) return "";
  return `: ${found.kind} ${found.name}${found.message === undefined ? "" : `: ${found.message}`}`;
}
