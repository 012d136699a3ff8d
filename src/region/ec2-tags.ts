import type { Ec2 } from "../aws/ec2/port.ts";
import type { Tags } from "../aws/tags.ts";
import { differenceOf, type Fields } from "../core/compare-fields.ts";
import { hasTags } from "../core/has-tags.ts";
import type { Difference } from "../core/resource.ts";
import { namedTags, nameOf, owned, ownTags, type RegionWorld, sole } from "./world.ts";

const resourceKey = "gennet:resource";

/** Returns the tags that everything of a region in EC2 has. */
export function regionTags(world: RegionWorld): Tags {
  const { "gennet:managed": _managed, ...tags } = ownTags(world);
  return tags;
}

/** Returns the tags by which one resource is known. Its `Name` is for people, who may change it. */
export function identityTags(world: RegionWorld, name: string): Tags {
  return { ...regionTags(world), [resourceKey]: name };
}

/** Returns the name of the resource with these tags. */
export function resourceIn(tags: Tags): string | undefined {
  return tags[resourceKey];
}

/** Returns all tags of one resource, for its creation. */
export function resourceTags(world: RegionWorld, name: string): Tags {
  return { ...namedTags(world, name), [resourceKey]: name };
}

/** Returns the tags that have to be put back. A `Name` that a person has changed stays. */
function lostTags(actual: Tags, desired: Tags): Tags {
  const lost = Object.entries(desired).filter(([key, value]) =>
    key === "Name" ? !actual[key] : actual[key] !== value,
  );
  return Object.fromEntries(lost);
}

/** Puts back the tags that a resource has lost. */
export async function restoreTags(
  ec2: Pick<Ec2, "tag">,
  { id, tags }: { readonly id: string; readonly tags: Tags },
  desired: Tags,
  signal: AbortSignal,
): Promise<void> {
  const lost = lostTags(tags, desired);
  if (Object.keys(lost).length > 0) await ec2.tag(id, lost, signal);
}

interface Tagged {
  readonly fields: Fields;
  readonly tags: Tags;
}

/** Returns the difference of a resource with tags; each lost tag is a field. A creation sets its tags at once. */
export function taggedDifference(
  target: string,
  actual: Tagged | undefined,
  desired: Tagged,
  immutable: readonly string[] = [],
): Difference {
  if (actual === undefined) return differenceOf(target, undefined, desired.fields);
  const asFields = (tags: Tags): Fields =>
    Object.fromEntries(Object.entries(tags).map(([key, value]) => [`tag ${key}`, value]));
  const lost = asFields(lostTags(actual.tags, desired.tags));
  return differenceOf(
    target,
    { ...asFields(actual.tags), ...actual.fields },
    { ...desired.fields, ...lost },
    immutable,
  );
}

interface Sought<T> {
  readonly name: string;
  readonly what: string;
  list(tags: Tags): Promise<readonly T[]>;
  /** Returns what the tags of another resource lead to. */
  through(): Promise<T | undefined>;
}

/**
 * Finds a resource that has no place in another one, such as a VPC: by its tags, otherwise by its name, otherwise through
 * what uses it, because a lost tag must not create it a second time. Throws REGION_NOT_MANAGED if it has not the tags of
 * the region.
 */
export async function foundByTags<T extends { readonly id: string; readonly tags: Tags }>(
  { name, what, list, through }: Sought<T>,
  world: RegionWorld,
): Promise<T | undefined> {
  const known = sole(await list(identityTags(world, name)), what, world);
  if (known !== undefined) return known;
  const named = sole(await list({ Name: nameOf(world, name) }), what, world);
  const found = named ?? (await through());
  if (found === undefined || hasTags(found.tags, regionTags(world))) return found;
  return owned(found, named === undefined ? `${what} ${found.id}` : `${what} "${nameOf(world, name)}"`, world);
}

/** Returns the name that people see in EC2; the id, if there is none. */
export function tagNameOf({ id, tags }: { readonly id: string; readonly tags: Tags }): string {
  return tags["Name"] ?? id;
}
