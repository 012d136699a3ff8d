import { AppError } from "../core/error.ts";
import type { Application, ApplicationSet, RolloutState } from "../k8s/argocd/port.ts";
import type { GitopsReads } from "./gitops-reads.ts";

/** An Application that blocks its step. */
export interface Blocking {
  readonly state: RolloutState;
  /** Absent if it does not exist. */
  readonly application?: Application;
}

/** The current step of the rollout of an ApplicationSet. */
export interface CurrentStep {
  /** Counted from 1. */
  readonly step: number;
  /** What it waits for: the Applications in progress or, if there are none, those that should be. */
  readonly blocking: readonly [Blocking, ...Blocking[]];
  /** Milliseconds since the epoch: when something in it last changed; undefined if unknown. */
  readonly since?: number;
  /** How many Applications of later steps wait for it. */
  readonly behind: number;
}

/**
 * Returns the first step with an Application that is not Healthy: the controller starts no later one. A sync that the
 * controller requested makes an Application Pending, its start makes it Progressing; only when it is Synced and Healthy
 * does it become Healthy.
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

/**
 * Returns the ApplicationSet that syncs an Application step by step and has not reached it yet; a manual sync would
 * break the order.
 */
export async function waitsItsTurn(
  { name, namespace, applicationSet }: Application,
  gitops: Pick<GitopsReads, "applicationSets">,
): Promise<ApplicationSet | undefined> {
  if (applicationSet === undefined) return undefined;
  // gitops/rollout reports if the user may not read ApplicationSets.
  const sets = await gitops.applicationSets().catch((error: unknown) => {
    if (error instanceof AppError) return [];
    throw error;
  });
  const set = sets.find((each) => each.name === applicationSet && each.namespace === namespace);
  if (set?.steps === undefined) return undefined;
  return set.rollout.some((state) => state.application === name && state.later) ? set : undefined;
}
