import { createHash } from "node:crypto";
import { inOrder, walk } from "./graph.ts";
import { type Action, type AnyStep, type Change, placeAt, type Readiness } from "./step.ts";

export interface PlannedChange extends Change {
  readonly step: string;
  readonly title: string;
  readonly scope: "global" | "region";
}

/** Every change, in the order in which it can be made. Applying it does this and nothing else. */
export interface Plan {
  /** Hash of what is desired. */
  readonly spec: string;
  /** Hash of what was read. */
  readonly seen: string;
  readonly changes: readonly PlannedChange[];
}

const readsAtOnce = 6;

/** Reads the world and says what has to change. Changes nothing. */
export async function makePlan<W>(
  steps: readonly AnyStep<W>[],
  world: W,
  spec: unknown,
  signal: AbortSignal,
): Promise<Plan> {
  const at = placeAt(world, signal);
  const seen = new Map<string, unknown>();
  const planned = new Map<string, PlannedChange>();
  await walk(steps, readsAtOnce, async (step) => {
    signal.throwIfAborted();
    const actual = await step.read(at);
    at.keep(step, step.output(actual));
    seen.set(step.id, actual);
    planned.set(step.id, describe(step, pendingChange(step.diff(actual, at), step.ready(actual))));
    return true;
  });
  const ordered = inOrder(steps);
  return {
    spec: fingerprint(spec),
    seen: fingerprint(ordered.map((step) => seen.get(step.id))),
    changes: ordered.map((step) => planned.get(step.id) as PlannedChange),
  };
}

/** What is as desired but not ready yet is pending too; what will never become ready is blocked. */
export function pendingChange(change: Change, readiness: Readiness): Change {
  if (change.action !== "none" || readiness.state === "ready") return change;
  if (readiness.state === "failed") return { action: "blocked", summary: readiness.reason, details: [] };
  return { action: "update", summary: "wait until it is ready", details: [] };
}

export function isPending(change: { readonly action: Action }): boolean {
  return change.action === "create" || change.action === "update";
}

/** SHA-256 of a value's JSON, whatever the order of its keys. */
export function fingerprint(value: unknown): string {
  const sorted = (_key: string, each: unknown): unknown => {
    if (typeof each !== "object" || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
  return createHash("sha256")
    .update(JSON.stringify(value, sorted) ?? "")
    .digest("hex");
}

function describe<W>(step: AnyStep<W>, change: Change): PlannedChange {
  return { step: step.id, title: step.title, scope: step.scope, ...change };
}
