import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import type { OpenRegion } from "./sync-region.ts";

/**
 * Refuses an order of gennet's where an ApplicationSet has one: with the strategy RollingSync it begins the syncs of its
 * Applications itself, step by step (https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Progressive-Syncs/).
 * Throws SYNC_ORDER_OWNED.
 */
export async function assertUnordered(opened: readonly OpenRegion[], signal: AbortSignal): Promise<void> {
  for (const { region, argocd, chosen } of opened) {
    const sets = new Map(
      chosen.flatMap(({ applicationSet: name, namespace }) =>
        name === undefined ? [] : [[`${namespace}/${name}`, { name, namespace }]],
      ),
    );
    for (const { name, namespace } of sets.values()) {
      const set = await argocd.applicationSet(namespace, name, signal);
      if (set?.steps === undefined) continue;
      throw new AppError(
        "SYNC_ORDER_OWNED",
        `${region.name}: the ApplicationSet ${name} syncs its Applications in its own order (RollingSync, ${set.steps} steps), so --waves cannot decide it.`,
        {
          next: [
            region.commands.kubectl(shell`-n ${namespace} describe applicationset ${name}`),
            "Leave out --waves, or name Applications that no such ApplicationSet makes.",
          ],
        },
      );
    }
  }
}
