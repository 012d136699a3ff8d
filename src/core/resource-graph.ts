import { type DependencyNode, inOrder } from "./graph.ts";
import type { AnyResource, NeededOutputs, Provider, ResourceContext } from "./resource.ts";

/** A region of the platform, with the world that its resources work in. */
export interface GraphRegion<W> {
  readonly region: string;
  readonly world: W;
  /** The region in which platform resources are created, and which holds the originals that other regions copy. */
  readonly isPrimary: boolean;
}

/** A resource of a region, or of the platform. */
export interface ResourceNode<W> extends DependencyNode {
  /** `eu/vpc`, `platform/hosted-zone`. */
  readonly id: string;
  readonly resource: AnyResource<W>;
  /** Undefined for a resource of the platform. */
  readonly region: string | undefined;
  readonly world: W;
  readonly primary: Pick<GraphRegion<W>, "region" | "world">;
  readonly needs: readonly ResourceNode<W>[];
  /** The same resource in other regions, which is made before it. It is planned without them: they may not answer. */
  readonly follows: readonly ResourceNode<W>[];
  /** Those of its needs that are removed before it. */
  readonly outlives: readonly ResourceNode<W>[];
  /** Of what is to be removed, what needs it in regions that are no part of the graph: read only if there is something. */
  readonly usersElsewhere: readonly ResourceNode<W>[];
  /** Whether its place should have it. What is not wanted is removed. */
  readonly wanted: boolean;
  /** Whether the run changes it. The others are only read, for what they output. */
  readonly chosen: boolean;
}

/** A resource of a place, before it is known whether it is wanted. */
export type PlacedResource<W> = Pick<ResourceNode<W>, "id" | "resource" | "region" | "world">;

/** What a run does with the nodes of its graph. */
export interface GraphChoice<W> {
  /** Whether the place should have it; by default, the resource decides. */
  isWanted?(placed: PlacedResource<W>): boolean;
  /** Whether the run changes it; by default, it changes everything. */
  isChosen?(placed: PlacedResource<W>): boolean;
}

/** Returns the id of a resource's node: `eu/vpc`, `platform/hosted-zone`. */
export function nodeId(region: string | undefined, resource: string): string {
  return `${region ?? "platform"}/${resource}`;
}

/**
 * Returns the graph of a whole platform: the resources of each region, and those of the platform, which are created in
 * the primary region. A region's resource needs resources of the same region or of the platform; a platform resource
 * needs those of every region. `needsPrimary` is an edge to another region: a replica needs its source. A region of which
 * nothing is chosen is only part of the graph as far as others need it.
 */
export function resourceGraph<W>(
  resources: readonly AnyResource<W>[],
  places: readonly GraphRegion<W>[],
  { isWanted, isChosen }: GraphChoice<W> = {},
): readonly ResourceNode<W>[] {
  const primary = places.find(({ isPrimary }) => isPrimary) ?? places[0];
  const nodes = new Map<string, ResourceNode<W> & { readonly usersElsewhere: ResourceNode<W>[] }>();
  const at = (resource: AnyResource<W>, place: GraphRegion<W>): ResourceNode<W> => {
    const region = resource.scope === "platform" ? undefined : place.region;
    const id = nodeId(region, resource.id);
    const known = nodes.get(id);
    if (known !== undefined) return known;
    const wide = region === undefined ? places : [place];
    const needs = resource.needs.flatMap((need) => wide.map((each) => at(need, each)));
    const ofPrimary = primary === undefined || place === primary ? [] : (resource.needsPrimary ?? []);
    const across = ofPrimary.map((need) => at(need, primary as GraphRegion<W>));
    const world = region === undefined ? (primary ?? place).world : place.world;
    const placed = { id, resource, region, world };
    const wanted = isWanted?.(placed) ?? resource.wanted?.(world) ?? true;
    const chosen = isChosen?.(placed) ?? true;
    const outlives = needs.filter((need) => resource.outlives?.some((each) => each.id === need.resource.id) === true);
    const others = place === primary && resource.followsOthers === true ? places.filter((each) => each !== place) : [];
    const follows = others.map((each) => at(resource, each)).filter((node) => chosen && node.chosen);
    const own = { needs: [...new Set([...needs, ...across])], follows, outlives, usersElsewhere: [] };
    const node = { ...placed, primary: primary ?? place, ...own, wanted, chosen };
    nodes.set(id, node);
    return node;
  };
  for (const place of places) for (const resource of resources) at(resource, place);
  const all = [...nodes.values()];
  const kept = relevant(all);
  for (const node of all) {
    if (node.wanted || !node.chosen) continue;
    const users = all.filter((user) => !kept.has(user) && user.region !== undefined && user.needs.includes(node));
    node.usersElsewhere.push(...users);
  }
  return inOrder([...kept]);
}

/** Returns whether a resource has to be gone, or to have changed, before `node` can be removed. */
export function isRemovedBefore<W>(node: ResourceNode<W>, other: ResourceNode<W>): boolean {
  return (other.needs.includes(node) && !other.outlives.includes(node)) || node.outlives.includes(other);
}

/** Returns the nodes of every place in which something is chosen, with what they need elsewhere. */
function relevant<W>(nodes: readonly ResourceNode<W>[]): ReadonlySet<ResourceNode<W>> {
  const places = new Set(nodes.filter(({ chosen }) => chosen).map(({ region }) => region));
  const kept = new Set<ResourceNode<W>>();
  const keep = (node: ResourceNode<W>): void => {
    if (kept.has(node)) return;
    kept.add(node);
    node.needs.forEach(keep);
  };
  nodes.filter(({ region }) => places.has(region)).forEach(keep);
  return kept;
}

/**
 * Returns the needs of a node that failed, and without which it cannot be read. What is removed does without another
 * region that is not changed: that one may be unreachable.
 */
export function missingNeeds<W>(node: ResourceNode<W>, failed: readonly string[]): readonly ResourceNode<W>[] {
  const isVital = (need: ResourceNode<W>): boolean => node.wanted || need.chosen || need.region === node.region;
  return [...node.needs, ...node.follows].filter((need) => failed.includes(need.id) && isVital(need));
}

/** A resource in the order in which everything is made. */
export interface MadeNode<W> extends DependencyNode {
  readonly node: ResourceNode<W>;
  /** With what it follows. */
  readonly needs: readonly MadeNode<W>[];
}

export function makingOrder<W>(nodes: readonly ResourceNode<W>[]): readonly MadeNode<W>[] {
  const made = new Map(nodes.map((node) => [node, { id: node.id, node, needs: [] as MadeNode<W>[] }]));
  for (const [{ needs, follows }, own] of made)
    own.needs.push(...[...needs, ...follows].flatMap((each) => made.get(each) ?? []));
  return [...made.values()];
}

/** Returns the name of a node among those of a region: `vpc`, `us/database`. */
export function nameIn<W>(region: string | undefined, node: ResourceNode<W>): string {
  return node.region === region ? node.resource.id : node.id;
}

/** The outputs of the resources that were read, by node. */
export class Outputs<W> {
  readonly #known = new Map<string, unknown>();

  keep(node: ResourceNode<W>, output: unknown): void {
    this.#known.set(node.id, output);
  }

  of<O>(region: string | undefined, { id }: Provider<O>): O | undefined {
    return this.#known.get(nodeId(region, id)) as O | undefined;
  }

  /**
   * Returns the outputs that a node can see: those of its needs, with its own region first. What is wanted does not see
   * what is going to be removed.
   */
  contextOf(node: ResourceNode<W>, signal: AbortSignal): ResourceContext<W> {
    const nearest = (id: string, fits: (need: ResourceNode<W>) => boolean): ResourceNode<W> => {
      const needed = node.needs.filter((need) => need.resource.id === id && fits(need));
      const [own] = needed.toSorted((one, other) => distance(one, node) - distance(other, node));
      if (own === undefined) throw new Error(`${node.id} does not declare that it needs ${id}`);
      return own;
    };
    const outputsOf = (fits: (need: ResourceNode<W>) => boolean): NeededOutputs => {
      const output = <O>({ id }: Provider<O>): O | undefined => {
        const own = nearest(id, fits);
        return node.wanted && !own.wanted ? undefined : (this.#known.get(own.id) as O | undefined);
      };
      const required = <O>(resource: Provider<O>): O => {
        const found = output(resource);
        if (found === undefined) throw new Error(`${resource.id} has no output yet`);
        return found;
      };
      return { output, required };
    };
    const { world, primary, follows } = node;
    return {
      world,
      signal,
      removing: !node.wanted,
      ...(follows.length === 0 ? {} : { followed: follows.map((each) => each.world) }),
      ...outputsOf(() => true),
      primary: { world: primary.world, ...outputsOf(({ region }) => region === primary.region) },
    };
  }
}

function distance<W>(one: ResourceNode<W>, node: ResourceNode<W>): number {
  return one.region === node.region ? 0 : one.region === undefined ? 1 : 2;
}
