import {
  type Adoption,
  type AnyResource,
  asDesired,
  type Difference,
  ready,
  type Readiness,
  type ResourceContext,
} from "./resource.ts";
import type { ResourceNode } from "./resource-graph.ts";

/** What a run does with a resource: it makes it as desired, or removes it. */
export interface Goal<W> {
  /** Returns what has to change to reach it. */
  diff(actual: unknown, context: ResourceContext<W>): Difference;
  apply(actual: unknown, context: ResourceContext<W>): Promise<void>;
  /** `ready` once it is reached. */
  reached(actual: unknown): Readiness;
  /** What {@link Resource.remind} does; nothing for what goes. */
  remind(actual: unknown, context: ResourceContext<W>): Promise<void>;
}

/** Takes over what was not made by gennet, before it is changed. */
function adopting<W>(
  resource: AnyResource<W>,
  { foreign, mark }: Adoption<W, unknown>,
): Pick<Goal<W>, "diff" | "apply"> {
  return {
    diff: (actual, context) => {
      const own = resource.diff(actual, context);
      const target = foreign(actual, context);
      return target === undefined ? own : { ...own, operations: [{ verb: "adopt", target }, ...own.operations] };
    },
    apply: async (actual, context) => {
      if (foreign(actual, context) !== undefined) await mark(actual, context);
      if (resource.diff(actual, context).operations.length > 0) await resource.apply(actual, context);
    },
  };
}

export function goalOf<W>({ resource, wanted }: Pick<ResourceNode<W>, "resource" | "wanted">): Goal<W> {
  const { adoption, removal } = resource;
  if (wanted) {
    const waiting: Pick<Goal<W>, "reached" | "remind"> = {
      reached: (actual) => resource.ready(actual),
      remind: async (actual, context) => resource.remind?.(actual, context),
    };
    if (adoption !== undefined) return { ...adopting(resource, adoption), ...waiting };
    return {
      diff: (actual, context) => resource.diff(actual, context),
      apply: (actual, context) => resource.apply(actual, context),
      ...waiting,
    };
  }
  // It goes together with what it needs.
  const remind = async (): Promise<void> => undefined;
  if (removal === undefined)
    return { diff: () => asDesired, apply: async () => undefined, reached: () => ready, remind };
  return {
    remind,
    diff: (actual, context) => removal.diff(actual, context),
    apply: (actual, context) => removal.apply(actual, context),
    reached: (actual) => removal.gone(actual),
  };
}
