import { ready, type Removal, type ResourceContext } from "../../../core/resource.ts";
import type { RegionWorld } from "../../world.ts";

interface DeletionFacts<T> {
  /** What a plan calls it. */
  readonly target: (found: T) => string;
  readonly delete: (found: T, at: ResourceContext<RegionWorld>) => Promise<void>;
  /** AWS's status; without one, it exists or it does not. */
  readonly status?: (found: T) => string;
}

/** Returns the removal of a resource that one call deletes; while AWS does so, its status is `deleting`. */
export function deletion<T>({ target, delete: remove, status }: DeletionFacts<T>): Removal<RegionWorld, T | undefined> {
  return {
    diff: (found) => ({
      operations:
        found === undefined || status?.(found) === "deleting" ? [] : [{ verb: "delete", target: target(found) }],
    }),
    async apply(found, at) {
      if (found !== undefined) await remove(found, at);
    },
    gone: (found) => (found === undefined ? ready : { state: "waiting", detail: status?.(found) ?? "still there" }),
  };
}
