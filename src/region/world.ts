import { createHash } from "node:crypto";
import type { Aws } from "../aws/port.ts";
import type { Tags } from "../aws/tags.ts";
import { AppError } from "../core/error.ts";
import type { Path } from "../core/fields.ts";
import type { Resource } from "../core/resource.ts";
import type { Cluster } from "../k8s/port.ts";
import type { ComponentWorld } from "./components/component.ts";
import type { ComponentVersions } from "./components/versions.ts";
import type { PlatformSources } from "./platform-sources.ts";
import type { Platform, Region } from "../platform/schema.ts";

/** What the steps of a region read and change. */
export interface RegionWorld {
  readonly platform: Pick<
    Platform,
    | "name"
    | "domain"
    | "gitops"
    | "hostedZone"
    | "permissionsBoundary"
    | "platform"
    | "registry"
    | "regions"
    | "rolePath"
    | "state"
    | "stores"
  >;
  readonly region: Region;
  readonly aws: Aws;
  /** Whether a run may take over what exists under a name of ours without our tags; `never`: no run may. */
  readonly adopts?: boolean | "never";
  /** Returns where a value is in gennet.yaml, as FILE:LINE:COLUMN; absent if there is no file. */
  readonly placeOf?: (path: Path) => string;
  /** Returns the time, in milliseconds since the epoch; absent where nothing is judged by it. */
  readonly now?: () => number;
  /** The versions of components; those of this release, if absent. */
  readonly versions?: ComponentVersions;
  /** What `platform` in gennet.yaml needs besides; absent where nothing is installed in clusters. */
  readonly sources?: PlatformSources;
  /** Connects to its API server. Do not call this before the EKS cluster exists. */
  readonly cluster: () => Promise<Cluster>;
}

/**
 * Returns the name of the journal of a platform's regions. A platform is known by its name and its accounts: one lease
 * for all of its regions, because they share a graph.
 */
export function journalOf({ name, regions }: Pick<Platform, "name" | "regions">): string {
  const accounts = [...new Set(regions.map(({ accountId }) => accountId))].toSorted();
  return `regions/${name}-${createHash("sha256").update(accounts.join(" ")).digest("hex").slice(0, 8)}`;
}

export type RegionResource<A, O> = Resource<RegionWorld, A, O>;

/** Returns the tags that mark resources of gennet; every create call sets them. */
export function ownTags(world: RegionWorld): Tags {
  return {
    "gennet:platform": world.platform.name,
    "gennet:region": world.region.name,
    "gennet:managed": "true",
  };
}

/** Returns the tags of a resource of the platform, which belongs to no region. */
export function platformTags(world: RegionWorld): Tags {
  const { "gennet:region": _region, ...tags } = ownTags(world);
  return tags;
}

/** Returns the labels of the objects that gennet applies in the cluster. */
export function ownLabels(world: Pick<ComponentWorld, "platform">): Record<string, string> {
  return { "app.kubernetes.io/managed-by": "gennet", "app.kubernetes.io/part-of": world.platform.name };
}

/** Returns the tags of one resource, including the `Name` that the AWS console shows. */
export function namedTags(world: RegionWorld, name: string): Tags {
  return { Name: nameOf(world, name), ...ownTags(world) };
}

/** Returns `<platform>-<region>-<name>`. */
export function nameOf(world: RegionWorld, name: string): string {
  return `${world.platform.name}-${world.region.name}-${name}`;
}

/** Returns the name of a role. Role names have at most 64 characters. */
export function roleName(world: RegionWorld, name: string): string {
  return cutTo(64, nameOf(world, name));
}

/** Returns the name of a launch template. Such names have at most 128 characters. */
export function templateName(world: RegionWorld, name: string): string {
  return cutTo(128, nameOf(world, name));
}

/** Returns a name; one that is too long is cut and gets a hash. */
function cutTo(most: number, name: string): string {
  if (name.length <= most) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, most - hash.length - 1)}-${hash}`;
}

/** The next step where something exists that gennet did not make. */
export const adoptingStep = "gennet region plan --adopt  # shows what taking it over would change";

/**
 * Returns a resource that was found by its name, if it has our tags, or the run may adopt it. Throws REGION_NOT_MANAGED
 * otherwise: a foreign resource is never taken over by chance.
 */
export function owned<T extends { readonly tags: Tags }>(found: T, what: string, world: RegionWorld): T {
  return taggedAs(ownTags(world), found, what, world);
}

/** Does the same as `owned` for a resource of the platform. */
export function ownedByPlatform<T extends { readonly tags: Tags }>(found: T, what: string, world: RegionWorld): T {
  return taggedAs(platformTags(world), found, what, world);
}

/** Returns a world for what is never taken over, such as a bucket that could hold another one's leases. */
export function notAdopting(world: RegionWorld): RegionWorld {
  return { ...world, adopts: "never" };
}

function taggedAs<T extends { readonly tags: Tags }>(tags: Tags, found: T, what: string, world: RegionWorld): T {
  const foreign = Object.entries(tags).find(([key, value]) => found.tags[key] !== value);
  if (foreign === undefined || world.adopts === true) return found;
  const [key, value] = foreign;
  throw new AppError(
    "REGION_NOT_MANAGED",
    `Region ${world.region.name}: the ${what} exists, but without the tag ${key}=${value} that gennet sets on its resources.`,
    {
      next: [
        ...(world.adopts === "never" ? [] : [adoptingStep]),
        "Choose another name for the platform, the region or its cluster in gennet.yaml.",
        "gennet explain REGION_NOT_MANAGED",
      ],
    },
  );
}

/** Returns the only resource with our tags. Throws REGION_DOUBLED if there are several. */
export function sole<T extends { readonly id: string }>(
  things: readonly T[],
  what: string,
  world: RegionWorld,
): T | undefined {
  if (things.length <= 1) return things[0];
  const ids = things.map((thing) => thing.id).join(", ");
  throw new AppError(
    "REGION_DOUBLED",
    `Region ${world.region.name} has ${things.length} resources of type ${what} instead of one: ${ids}.`,
    {
      next: ["Delete the unused one, or remove its gennet tags; then run the same command again."],
    },
  );
}
