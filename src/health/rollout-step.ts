import { AppError } from "../core/error.ts";
import type { Application, ApplicationSet, RolloutState } from "../k8s/argocd/port.ts";
import type { GitopsReads } from "./gitops-reads.ts";

/** An Application whose step is not done. */
export interface Blocking {
  readonly state: RolloutState;
  /** Absent where it does not exist. */
  readonly application?: Application;
}

/** The step that a rollout of an ApplicationSet is at. */
export interface CurrentStep {
  /** Counted from 1. */
  readonly step: number;
  /** What it waits for: those that are under way, or where none is, those that should be. */
  readonly blocking: readonly [Blocking, ...Blocking[]];
  /** Milliseconds since the epoch: since when nothing in it has changed; undefined where that is not known. */
  readonly since?: number;
  /** How many Applications of later steps wait for it. */
  readonly behind: number;
}

/**
 * The first step of which an Application is not Healthy: the controller begins no later one. A sync that it asked for
 * makes an Application Pending, its begin Progressing; only Synced and Healthy makes it Healthy.
 * https://github.com/argoproj/argo-cd/blob/v3.5.1/applicationset/progressivesync/progressive_sync.go
 */
export function currentStep(
  { rollout }: Pick<ApplicationSet, "rollout">,
  applications: readonly Application[],
): CurrentStep | undefined {
  const undone = rollout.filter(({ step, status }) => step > 0 && status !== "Healthy");
  const step = Math.min(...undone.map((each) => each.step));
  const own = undone.filter((each) => each.step === step);
  const underWay = own.filter(({ status }) => status !== "Waiting");
  const [first, ...others] = (underWay.length > 0 ? underWay : own).map((state): Blocking => {
    const application = applications.find(({ name }) => name === state.application);
    return { state, ...(application === undefined ? {} : { application }) };
  });
  if (first === undefined) return undefined;
  const times = own.flatMap(({ since }) => since ?? []);
  return {
    step,
    blocking: [first, ...others],
    ...(times.length === 0 ? {} : { since: Math.max(...times) }),
    behind: undone.length - own.length,
  };
}

/** The ApplicationSet that syncs it step by step and has not come to it; a sync by hand would break its order. */
export async function waitsItsTurn(
  { name, namespace, applicationSet }: Application,
  gitops: Pick<GitopsReads, "applicationSets">,
): Promise<ApplicationSet | undefined> {
  if (applicationSet === undefined) return undefined;
  // A user who may not read ApplicationSets learns it from gitops/rollout.
  const sets = await gitops.applicationSets().catch((error: unknown) => {
    if (error instanceof AppError) return [];
    throw error;
  });
  const set = sets.find((each) => each.name === applicationSet && each.namespace === namespace);
  if (set?.steps === undefined) return undefined;
  return set.rollout.some((state) => state.application === name && state.later) ? set : undefined;
}
