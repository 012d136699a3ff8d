import type { FieldValue, Operation } from "./operation.ts";

/**
 * Why what has to be done cannot be done. `blocked`: because of what is there. `deferred`: not yet, because what it
 * builds on is installed later.
 */
export interface ChangeObstacle {
  readonly kind: "blocked" | "deferred";
  readonly reason: string;
}

/** How a resource differs from what is desired; it varies from run to run only as the world does. */
export interface Difference {
  /** In the order in which they are made. Empty where the resource is as desired. */
  readonly operations: readonly Operation[];
  /** With it none of the operations is made. */
  readonly obstacle?: ChangeObstacle;
}

export type Readiness =
  | { readonly state: "ready" }
  /** `detail` is what the other side reports: `CREATING`. */
  | { readonly state: "waiting"; readonly detail: string }
  /** It will not become ready by itself; `reason` is what the other side reports. */
  | { readonly state: "failed"; readonly reason: string };

/**
 * Something that must be in the world. Truth is what `read` returns, by deterministic names and tags; so running again
 * after a kill at any point is just another plan.
 */
export interface Resource<W, A, O> {
  readonly id: string;
  readonly title: string;
  /** `platform`: there is one for all regions. A region's own by default. */
  readonly scope?: "platform" | "region";
  readonly needs: readonly AnyResource<W>[];
  /** What it needs of the primary region, in every other region. */
  readonly needsPrimary?: readonly AnyResource<W>[];
  /** How long it may take to become ready; 15 minutes by default. */
  readonly patienceMs?: number;
  /** Returns what is there. Outputs of needed resources may be missing while planning. */
  read(context: ResourceContext<W>): Promise<A>;
  /** Pure: returns what has to change for `actual` to be as desired. */
  diff(actual: A, context: ResourceContext<W>): Difference;
  /** Makes the operations; what was done already by an earlier, killed run is part of `actual`. */
  apply(actual: A, context: ResourceContext<W>): Promise<void>;
  ready(actual: A): Readiness;
  /** Returns what the resources that need this one build on; undefined while it is not there. */
  output(actual: A): O | undefined;
}

export type AnyResource<W> = Resource<W, unknown, unknown>;

/** A resource as far as others build on it. */
export interface Provider<O> {
  readonly id: string;
  output(actual: never): O | undefined;
}

/** Where a resource works: the world it changes, and the outputs of the resources it needs. */
export interface ResourceContext<W> {
  readonly world: W;
  readonly signal: AbortSignal;
  /** Undefined while that resource is not there. */
  output<O>(resource: Provider<O>): O | undefined;
  /** While applying, what a resource needs is there. */
  required<O>(resource: Provider<O>): O;
}

export const asDesired: Difference = { operations: [] };
export const ready: Readiness = { state: "ready" };

/** Returns the creation of a thing; without fields, of one of which it is not known how much is there. */
export function creation(target: string, fields?: Readonly<Record<string, FieldValue>>): Operation {
  return { verb: "create", target, ...(fields === undefined ? {} : { fields }) };
}

/** Returns the change of a field, from a value where it has one. */
export function update(target: string, field: string, after: FieldValue, before?: FieldValue): Operation {
  return { verb: "update", target, field, after, ...(before === undefined ? {} : { before }) };
}

/** Returns the obstacle where a field keeps the value that the thing was made with. */
export function immutable(target: string, field: string, actual: string, desired: string): Difference {
  return {
    operations: [{ verb: "replace", target, field, before: actual, after: desired }],
    obstacle: {
      kind: "blocked",
      reason: `its ${field} is ${actual}, gennet.yaml has ${desired}: it cannot be changed in place`,
    },
  };
}

/** Returns what would be done, and why it cannot be. */
export function blocked(reason: string, operations: readonly Operation[] = []): Difference {
  return { operations, obstacle: { kind: "blocked", reason } };
}
