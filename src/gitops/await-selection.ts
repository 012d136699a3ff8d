import { assertFound, type ApplicationSelection } from "./select-applications.ts";
import type { Reached } from "./sync-region.ts";

/** Resolves once every name has been found, or all regions have answered or failed. Throws APPLICATION_UNKNOWN. */
export async function selectionFound(
  reaching: readonly Promise<Reached>[],
  selection: ApplicationSelection,
  signal: AbortSignal,
): Promise<void> {
  const missing = new Set(selection.names);
  if (missing.size === 0) return;
  const found = new Promise<void>((resolve, reject) => {
    const strike = (reached: Reached): void => {
      for (const { name } of chosenIn(reached)) missing.delete(name);
      if (missing.size === 0) resolve();
    };
    for (const each of reaching) each.then(strike, reject);
  });
  const answered = Promise.all(reaching).then((reached) => assertSelectionFound(reached, selection, signal));
  await Promise.race([found, answered]);
}

/** Throws APPLICATION_UNKNOWN for a name that no region has, unless a region could not be queried and may have it. */
export async function assertSelectionFound(
  reached: readonly Reached[],
  selection: ApplicationSelection,
  signal: AbortSignal,
): Promise<void> {
  if (reached.some((each) => "finding" in each)) return;
  const { namespace } = selection;
  const opened = reached.flatMap((each) => ("answer" in each ? [each.answer] : []));
  const all = () => Promise.all(opened.map(({ argocd }) => argocd.applications({ namespace }, signal)));
  await assertFound(reached.flatMap(chosenIn), selection, async () => (await all()).flat());
}

const chosenIn = (reached: Reached) => ("answer" in reached ? reached.answer.chosen : []);
