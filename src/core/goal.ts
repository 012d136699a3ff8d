import { asDesired, type Difference, ready, type Readiness, type ResourceContext } from "./resource.ts";
import type { ResourceNode } from "./resource-graph.ts";

/** What a run does with a resource: it makes it as desired, or removes it. */
export interface Goal<W> {
  /** Returns what has to change to reach it. */
  diff(actual: unknown, context: ResourceContext<W>): Difference;
  apply(actual: unknown, context: ResourceContext<W>): Promise<void>;
  /** `ready` once it is reached. */
  reached(actual: unknown): Readiness;
}

export function goalOf<W>({ resource, wanted }: Pick<ResourceNode<W>, "resource" | "wanted">): Goal<W> {
  if (wanted) {
    return {
      diff: (actual, context) => resource.diff(actual, context),
      apply: (actual, context) => resource.apply(actual, context),
      reached: (actual) => resource.ready(actual),
    };
  }
  const { removal } = resource;
  // It goes together with what it needs.
  if (removal === undefined) return { diff: () => asDesired, apply: async () => undefined, reached: () => ready };
  return {
    diff: (actual, context) => removal.diff(actual, context),
    apply: (actual, context) => removal.apply(actual, context),
    reached: (actual) => removal.gone(actual),
  };
}
