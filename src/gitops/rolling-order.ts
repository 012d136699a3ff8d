import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import type { LiveApplications } from "./live-applications.ts";
import type { GitopsRegion } from "./reach-argocd.ts";

/** A region whose Applications are watched until the sync's signal ends it. */
export interface OpenRegion {
  readonly region: GitopsRegion;
  readonly argocd: ArgoCd;
  readonly live: LiveApplications;
  readonly chosen: readonly Application[];
}

/**
 * Rejects --waves if an ApplicationSet controls the order: with the strategy RollingSync, it starts the syncs of its
 * Applications itself, step by step
 * (https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Progressive-Syncs/). Throws
 * SYNC_ORDER_OWNED.
 */
export async function assertUnordered(opened: readonly OpenRegion[], signal: AbortSignal): Promise<void> {
  for (const { region, argocd, chosen } of opened) {
    for (const { name, namespace } of setNames(chosen)) {
      const set = await argocd.applicationSet(namespace, name, signal);
      if (set?.steps === undefined) continue;
      throw new AppError(
        "SYNC_ORDER_OWNED",
        `${region.name}: the ApplicationSet ${name} syncs its Applications in its own order (RollingSync, ${set.steps} steps), so --waves cannot decide it.`,
        {
          next: [
            region.commands.kubectl(shell`-n ${namespace} describe applicationset ${name}`),
            "Omit --waves, or select Applications that no such ApplicationSet manages.",
          ],
        },
      );
    }
  }
}

/**
 * Returns warnings before a sync of Applications that their ApplicationSet (RollingSync) has not reached: a manual sync
 * overtakes it. A user who may not read ApplicationSets may still sync, and gets a warning about that.
 */
export async function outOfTurn({ region, argocd, chosen }: OpenRegion, signal: AbortSignal): Promise<string[]> {
  const notes = setNames(chosen).map(async ({ name, namespace }) => {
    try {
      const set = await argocd.applicationSet(namespace, name, signal);
      if (set?.steps === undefined) return [];
      return set.rollout
        .filter(({ later }) => later)
        .filter(({ application }) => chosen.some((each) => each.name === application && each.applicationSet === name))
        .map(
          ({ application, step }) =>
            `${region.name}: ${application} is in step ${step} of ${set.steps} of the ApplicationSet ${name}, which has not reached that step: this sync overtakes it`,
        );
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return [
        `${region.name}: whether this sync overtakes the order of the ApplicationSet ${name} is unknown: ${error.message}`,
      ];
    }
  });
  return (await Promise.all(notes)).flat();
}

function setNames(chosen: readonly Application[]): readonly { readonly name: string; readonly namespace: string }[] {
  const sets = chosen.flatMap(({ applicationSet: name, namespace }) =>
    name === undefined ? [] : [{ name, namespace }],
  );
  return [...new Map(sets.map((set) => [`${set.namespace}/${set.name}`, set])).values()];
}
