import type { Tags } from "../aws/tags.ts";
import { hasTags } from "../core/has-tags.ts";
import type { Adoption } from "../core/resource.ts";
import { ownTags, type RegionWorld } from "./world.ts";

interface Adoptable<A> {
  /** What is adopted, for people: `role`. */
  readonly kind: string;
  /** Returns what was found by its name. */
  found(actual: A): { readonly name: string; readonly tags: Tags } | undefined;
  /** Sets tags, and leaves its other tags. */
  tag(actual: A, tags: Tags, world: RegionWorld, signal: AbortSignal): Promise<void>;
}

/** Adopts a resource that was found by its name with `owned`: from then on it has our tags, like those that we make. */
export function adoption<A>({ kind, found, tag }: Adoptable<A>): Adoption<RegionWorld, A> {
  return {
    foreign(actual, { world }) {
      const existing = found(actual);
      if (existing === undefined) return undefined;
      return hasTags(existing.tags, ownTags(world)) ? undefined : `${kind} ${existing.name}`;
    },
    mark: (actual, { world, signal }) => tag(actual, ownTags(world), world, signal),
  };
}
