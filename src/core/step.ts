/**
 * `blocked`: it has to be done and cannot be, because of what is there. `deferred`: it cannot be done yet, because what
 * it builds on is installed later.
 */
export type Action = "create" | "update" | "none" | "blocked" | "deferred";

/** What a step has to do, or why it cannot. Nothing in it varies from run to run while the world stays the same. */
export interface Change {
  readonly action: Action;
  readonly summary: string;
  /** Each single thing to do; an update without any only waits. */
  readonly details: readonly string[];
}

export type Readiness =
  | { readonly state: "ready" }
  /** `detail` is what the other side says: `CREATING`. */
  | { readonly state: "waiting"; readonly detail: string }
  /** It will not become ready by itself; `reason` is what the other side says. */
  | { readonly state: "failed"; readonly reason: string };

/**
 * One thing that must be in the world. Truth is what `read` says, by deterministic names and tags; so running again
 * after a kill at any point is just another plan.
 */
export interface Step<W, A, O> {
  readonly id: string;
  readonly title: string;
  /** Whether the thing belongs to the account as a whole, or to one region of it. */
  readonly scope: "global" | "region";
  readonly needs: readonly AnyStep<W>[];
  /** How long it may take to become ready; 15 minutes where nothing is said. */
  readonly patienceMs?: number;
  /** What is there. Outputs of needed steps may be missing while planning. */
  read(at: At<W>): Promise<A>;
  /** Pure: what has to change for `actual` to be as desired. */
  diff(actual: A, at: At<W>): Change;
  /** Makes the change; what was done already by an earlier, killed run is part of `actual`. */
  apply(actual: A, at: At<W>): Promise<void>;
  ready(actual: A): Readiness;
  /** What the steps that need this one build on; undefined while it is not there. */
  output(actual: A): O | undefined;
}

export type AnyStep<W> = Step<W, unknown, unknown>;

/** A step as far as others build on it. */
export interface Giver<O> {
  readonly id: string;
  output(actual: never): O | undefined;
}

/** Where a step works: the world it changes and what the steps it needs gave. */
export interface At<W> {
  readonly world: W;
  readonly signal: AbortSignal;
  /** Undefined while that step's thing is not there. */
  output<O>(step: Giver<O>): O | undefined;
  /** While applying, what a step needs is there. */
  required<O>(step: Giver<O>): O;
}

export const nothing: Change = { action: "none", summary: "nothing to do", details: [] };
export const ready: Readiness = { state: "ready" };

export function placeAt<W>(world: W, signal: AbortSignal): At<W> & { keep(step: AnyStep<W>, output: unknown): void } {
  const outputs = new Map<string, unknown>();
  return {
    world,
    signal,
    output: <O>(step: Giver<O>) => outputs.get(step.id) as O | undefined,
    required: <O>(step: Giver<O>): O => {
      const output = outputs.get(step.id);
      if (output === undefined) throw new Error(`${step.id} has given nothing yet`);
      return output as O;
    },
    keep: (step: AnyStep<W>, output: unknown) => void outputs.set(step.id, output),
  };
}
