import { AppError } from "../core/error.ts";
import { asDesired, ready, type Removal, type ResourceContext } from "../core/resource.ts";
import type { RegionResource, RegionWorld } from "./world.ts";

/** Returns the removal of what a destruction leaves on purpose: it is only named. */
export function keptOnPurpose<A>(
  keeps: (actual: A, context: ResourceContext<RegionWorld>) => readonly string[],
): Removal<RegionWorld, A> {
  return { diff: () => asDesired, apply: async () => undefined, gone: () => ready, keeps };
}

interface ReportedFacts<T> extends Pick<RegionResource<unknown, true>, "id" | "title" | "scope"> {
  find(context: ResourceContext<RegionWorld>): Promise<readonly T[]>;
  /** For the report: what it is, and the command that deletes it. */
  readonly shown: (found: T, world: RegionWorld) => string;
}

interface Reported<T> {
  readonly found: readonly T[];
  /** Why AWS could not be asked. */
  readonly unknown?: string;
}

/**
 * Returns a resource of things that gennet does not make, and that a destruction leaves and reports. If AWS denies the
 * question, the rest is destroyed nevertheless, and the report says that they are unknown.
 */
export function reported<T>({ find, shown, ...facts }: ReportedFacts<T>): RegionResource<Reported<T>, true> {
  const { diff: nothing, ...removal } = keptOnPurpose<Reported<T>>(({ found }, { world }) =>
    found.map((each) => shown(each, world)),
  );
  return {
    ...facts,
    needs: [],
    async read(context) {
      try {
        return { found: await find(context) };
      } catch (error) {
        if (error instanceof AppError && error.code === "AWS_DENIED") return { found: [], unknown: error.message };
        throw error;
      }
    },
    diff: () => asDesired,
    apply: async () => undefined,
    ready: () => ready,
    output: () => true,
    removal: {
      ...removal,
      diff: (actual, context) =>
        actual.unknown === undefined
          ? nothing(actual, context)
          : { operations: [], obstacle: { kind: "deferred", reason: `what exists is unknown: ${actual.unknown}` } },
    },
  };
}
