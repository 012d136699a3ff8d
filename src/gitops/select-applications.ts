import { AppError } from "../core/error.ts";
import { nearWords } from "../core/near-words.ts";
import type { Application, ApplicationQuery } from "../k8s/argocd/port.ts";

/** The selected Applications: by name, by label, or all. */
export interface ApplicationSelection {
  readonly names: readonly string[];
  readonly all: boolean;
  readonly selector: string | undefined;
  /** A selector for the labels of the Applications themselves. */
  readonly namespace: string;
}

/** Throws USAGE_INVALID if the selection is ambiguous. */
export function assertClear({ names, all, selector }: ApplicationSelection): void {
  const ways = [names.length > 0, all, selector !== undefined].filter(Boolean).length;
  if (ways === 1) return;
  const message = ways === 0 ? "No applications selected." : "Names, --all and --selector are mutually exclusive.";
  throw new AppError("USAGE_INVALID", message, {
    next: ["gennet sync APP…  # by their names", "gennet sync --all", "gennet sync --selector K=V  # by a label"],
  });
}

/** Returns the narrowest query whose result contains all of them. */
export function queryOf({ names, selector, namespace }: ApplicationSelection): ApplicationQuery {
  const [name] = names;
  return {
    namespace,
    ...(selector === undefined ? {} : { labelSelector: selector }),
    ...(name !== undefined && names.length === 1 ? { name } : {}),
  };
}

export function chosenOf(all: readonly Application[], { names }: ApplicationSelection): readonly Application[] {
  const chosen = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  return chosen.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** Throws APPLICATION_UNKNOWN for a name that no region has; `all` lists the existing ones. */
export async function assertFound(
  found: readonly Pick<Application, "name">[],
  { names, namespace }: Pick<ApplicationSelection, "names" | "namespace">,
  all: () => Promise<readonly Application[]>,
): Promise<void> {
  const missing = names.find((name) => !found.some((each) => each.name === name));
  if (missing === undefined) return;
  const near = nearWords(missing, [...new Set((await all()).map(({ name }) => name))]);
  throw new AppError("APPLICATION_UNKNOWN", `There is no Application "${missing}" in the namespace ${namespace}.`, {
    next: [...(near.length === 0 ? [] : [`Did you mean ${near.join(" or ")}?`]), "gennet app list  # shows them all"],
  });
}
