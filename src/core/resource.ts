import type { FieldValue, Operation } from "./operation.ts";

/**
 * Why the required changes are not possible. `blocked`: because of the current state. `deferred`: not yet, because
 * something that they depend on is installed later.
 */
export interface ChangeObstacle {
  readonly kind: "blocked" | "deferred";
  readonly reason: string;
  /** What ends it, if that is known; each is a sentence or a command that can be pasted. */
  readonly next?: readonly string[];
}

/** How a resource differs from the desired state. It depends only on the world's state. */
export interface Difference {
  /** In the order in which they are made. Empty if the resource is as desired. */
  readonly operations: readonly Operation[];
  /** If set, none of the operations is made. */
  readonly obstacle?: ChangeObstacle;
}

export type Readiness =
  | { readonly state: "ready" }
  /** `detail` is the state that the API reports: `CREATING`; `next` is what helps if it lasts. */
  | { readonly state: "waiting"; readonly detail: string; readonly next?: readonly string[] }
  /** It will not become ready by itself; `reason` is what the API reports, and `next` what helps, if that is known. */
  | { readonly state: "failed"; readonly reason: string; readonly next?: readonly string[] };

/**
 * Something that must exist in the world. The truth is what `read` returns, found by deterministic names and tags, so
 * running again after a kill at any point is just another plan.
 */
export interface Resource<W, A, O> {
  readonly id: string;
  readonly title: string;
  /** `platform`: one for all regions. By default, each region has its own. */
  readonly scope?: "platform" | "region";
  readonly needs: readonly AnyResource<W>[];
  /** What it needs from the primary region; applies in every other region. */
  readonly needsPrimary?: readonly AnyResource<W>[];
  /** Set for what others made, and a run only puts right: it is part of a plan only if there is something to do. */
  readonly onlyIfDue?: boolean;
  /** Set for what the API server of the region's cluster is asked about: while it does not answer, the rest is planned. */
  readonly inCluster?: boolean;
  /** In the primary region, it is made after the same resource in every other region that the run changes. */
  readonly followsOthers?: boolean;
  /** Those of its needs that are removed before it, because it serves them to their end; the others after it. */
  readonly outlives?: readonly AnyResource<W>[];
  /** How long it may take to become ready; 15 minutes by default. */
  readonly patienceMs?: number;
  /** The longest pause between two reads while it becomes ready; 15 seconds by default. */
  readonly longestPauseMs?: number;
  /** Reads the current state. Outputs of needed resources may be missing while planning. */
  read(context: ResourceContext<W>): Promise<A>;
  /** Returns what has to change for `actual` to be as desired. Pure. */
  diff(actual: A, context: ResourceContext<W>): Difference;
  /** Makes the operations; what an earlier, killed run already did is part of `actual`. */
  apply(actual: A, context: ResourceContext<W>): Promise<void>;
  ready(actual: A): Readiness;
  /**
   * Called after each read while it becomes ready: asks what makes it so to look again. It changes nothing that a plan
   * compares.
   */
  remind?(actual: A, context: ResourceContext<W>): Promise<void>;
  /** Returns what the resources that need this one use; undefined while it does not exist. */
  output(actual: A): O | undefined;
  /** Whether the place should have it, as gennet.yaml says; always, by default. What is not wanted is removed. */
  wanted?(world: W): boolean;
  /** Without one, it goes together with a resource that it needs. */
  readonly removal?: Removal<W, A>;
  /** Without one, what was not made by gennet is never taken over. */
  readonly adoption?: Adoption<W, A>;
}

/**
 * How something that exists under the name of a resource, but was not made by gennet, becomes gennet's. Only a run that
 * may adopt reads it at all; it is then changed like a resource of gennet.
 */
export interface Adoption<W, A> {
  /** Returns the name of what was read, if it was not made by gennet. Pure. */
  foreign(actual: A, context: ResourceContext<W>): string | undefined;
  /** Marks it as gennet's. */
  mark(actual: A, context: ResourceContext<W>): Promise<void>;
}

/** How a resource is removed. */
export interface Removal<W, A> {
  /** Returns what is deleted, or changed so that it can be; nothing if it is gone. Pure. */
  diff(actual: A, context: ResourceContext<W>): Difference;
  apply(actual: A, context: ResourceContext<W>): Promise<void>;
  /** `ready` once nothing is left of it. */
  gone(actual: A): Readiness;
  /** What AWS keeps on purpose, for the report: "KMS key 1234, deleted on 2026-12-07". */
  keeps?(actual: A, context: ResourceContext<W>): readonly string[];
}

export type AnyResource<W> = Resource<W, unknown, unknown>;

/** The part of a resource that other resources use. */
export interface Provider<O> {
  readonly id: string;
  output(actual: never): O | undefined;
}

/** The outputs of the resources that a resource needs. */
export interface NeededOutputs {
  /** Undefined while that resource does not exist. */
  output<O>(resource: Provider<O>): O | undefined;
  /** While applying, the resources that it needs exist. */
  required<O>(resource: Provider<O>): O;
}

/** Where a resource works: the world that it changes, and the outputs of the resources that it needs. */
export interface ResourceContext<W> extends NeededOutputs {
  readonly world: W;
  readonly signal: AbortSignal;
  /** Set if the resource is to be removed: its removal may have to read more. */
  readonly removing?: boolean;
  /** The worlds of the regions that it follows in this run; absent if there are none. */
  readonly followed?: readonly W[];
  /**
   * The primary region, with what is declared in `needsPrimary`; in the primary region, that region itself. What a
   * region changes there for its own sake belongs to that region, so that it comes and goes with it.
   */
  readonly primary: NeededOutputs & { readonly world: W };
}

export const asDesired: Difference = { operations: [] };
export const ready: Readiness = { state: "ready" };
/** What was just created may take seconds to be visible. */
export const notVisible: Readiness = { state: "waiting", detail: "not visible yet" };

/** For what has no status: it is ready as soon as it is there. */
export function readyIfThere(actual: unknown): Readiness {
  return actual === undefined ? notVisible : ready;
}

/** Returns the creation of a target; without fields, if it is not known how much of it already exists. */
export function creation(target: string, fields?: Readonly<Record<string, FieldValue>>): Operation {
  return { verb: "create", target, ...(fields === undefined ? {} : { fields }) };
}

/** Returns the change of a field, from its current value if it has one. */
export function update(target: string, field: string, after: FieldValue, before?: FieldValue): Operation {
  return { verb: "update", target, field, after, ...(before === undefined ? {} : { before }) };
}

/** Returns what would be done, why it is not possible, and what ends that. */
export function blocked(
  reason: string,
  operations: readonly Operation[] = [],
  next: readonly string[] = [],
): Difference {
  return { operations, obstacle: { kind: "blocked", reason, ...(next.length === 0 ? {} : { next }) } };
}
