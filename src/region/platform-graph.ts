import { AppError } from "../core/error.ts";
import { nearWords } from "../core/near-words.ts";
import type { AnyResource } from "../core/resource.ts";
import {
  type GraphRegion,
  nodeId,
  type PlacedResource,
  type ResourceNode,
  resourceGraph,
} from "../core/resource-graph.ts";
import { regionResources } from "./resources.ts";
import type { RegionWorld } from "./world.ts";

/** Which part of the platform a run changes. The rest is only read, as far as that part needs it. */
export interface RunScope {
  /** The names of the regions whose resources are changed; all of them by default. */
  readonly regions?: readonly string[];
  /** Whether what the regions share is changed; by default, it is. */
  readonly platform?: boolean;
  /** Only these resources, by id, or by region and id: `vpc`, `eu/vpc`, `platform/hosted-zone`. */
  readonly only?: readonly string[];
  /** All resources except for these. */
  readonly except?: readonly string[];
  /** Whether a place should have a resource; by default, as gennet.yaml says. */
  readonly isWanted?: (placed: PlacedResource<RegionWorld>) => boolean;
  /** The resources of the platform; by default, those of gennet.yaml. */
  readonly resources?: readonly AnyResource<RegionWorld>[];
}

/**
 * Returns the graph of the platform; the first region is primary if gennet.yaml specifies none. Throws
 * REGION_RESOURCE_UNKNOWN if the scope names a resource that is not part of it.
 */
export function platformGraph(
  worlds: readonly RegionWorld[],
  scope: RunScope = {},
): readonly ResourceNode<RegionWorld>[] {
  const [first] = worlds;
  if (first === undefined) return [];
  const places = worlds.map((world): GraphRegion<RegionWorld> => {
    const { name, primary } = world.region;
    return { region: name, world, isPrimary: primary === true };
  });
  const resources = scope.resources ?? regionResources(first.platform);
  const { only = [], except = [], isWanted } = scope;
  assertKnown([...only, ...except], resources, places);
  return resourceGraph(resources, places, {
    ...(isWanted === undefined ? {} : { isWanted }),
    isChosen: (placed) => isInScope(placed, scope),
  });
}

/** What --only and --except leave out of a plan. */
export interface LeftOut {
  readonly only: readonly string[];
  readonly except: readonly string[];
  /** What was not compared with gennet.yaml: `eu/vpc`, `platform/hosted-zone`. Places without a choice are not in it. */
  readonly resources: readonly string[];
}

/** Returns a command with the flags of a choice: without them, it would be about more. */
export function commandFor(command: string, { only = [], except = [] }: Pick<RunScope, "only" | "except">): string {
  return [command, ...only.map((name) => `--only ${name}`), ...except.map((name) => `--except ${name}`)].join(" ");
}

/** Returns what the scope leaves out of the places that it changes; undefined if it chooses no resources. */
export function leftOutOf(
  nodes: readonly Pick<ResourceNode<RegionWorld>, "id" | "region" | "chosen">[],
  { only = [], except = [], ...places }: RunScope,
): LeftOut | undefined {
  const resources = nodes.filter(({ region, chosen }) => !chosen && isPlaceOf(region, places)).map(({ id }) => id);
  return only.length + except.length === 0 ? undefined : { only, except, resources };
}

/** Returns the names by which --only and --except know the resources: their ids, and those with a region. */
function resourceNames(
  resources: readonly Pick<AnyResource<RegionWorld>, "id" | "scope">[],
  regions: readonly string[],
): readonly string[] {
  return resources.flatMap(({ id, scope }) => [
    id,
    ...(scope === "platform" ? [nodeId(undefined, id)] : regions.map((region) => nodeId(region, id))),
  ]);
}

function isInScope(
  { id, region, resource }: PlacedResource<RegionWorld>,
  { only = [], except = [], ...places }: RunScope,
): boolean {
  const isNamed = (names: readonly string[]): boolean => names.includes(id) || names.includes(resource.id);
  return isPlaceOf(region, places) && (only.length === 0 || isNamed(only)) && !isNamed(except);
}

/** Returns whether resources of a region are changed; without one, of the platform. */
function isPlaceOf(region: string | undefined, { regions, platform = true }: RunScope): boolean {
  return region === undefined ? platform : (regions?.includes(region) ?? true);
}

function assertKnown(
  named: readonly string[],
  resources: readonly AnyResource<RegionWorld>[],
  places: readonly GraphRegion<RegionWorld>[],
): void {
  const known = resourceNames(
    resources,
    places.map(({ region }) => region),
  );
  const unknown = named.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearWords(unknown, known);
  throw new AppError("REGION_RESOURCE_UNKNOWN", `The platform has no resource "${unknown}".`, {
    next: [
      ...(near.length === 0 ? [] : [`Did you mean ${near.join(" or ")}?`]),
      "gennet region plan -o json  # shows the id of every resource as its step",
    ],
  });
}
