import { createHash } from "node:crypto";
import { inOrder, walk } from "./graph.ts";
import { type Action, actionOf } from "./operation.ts";
import { type AnyResource, contextFor, type Difference, type ChangeObstacle, type Readiness } from "./resource.ts";

/** What has to change about one resource. */
export interface PlannedChange extends Difference {
  /** The id of the resource. */
  readonly step: string;
  readonly title: string;
}

/** Every change, in the order in which it can be made. Applying it does this and nothing else. */
export interface Plan {
  /** Hash of what is desired. */
  readonly spec: string;
  readonly changes: readonly PlannedChange[];
}

const readsAtOnce = 6;

/** Reads the world and returns what has to change. Changes nothing. */
export async function makePlan<W>(
  resources: readonly AnyResource<W>[],
  world: W,
  spec: unknown,
  signal: AbortSignal,
): Promise<Plan> {
  const context = contextFor(world, signal);
  const planned = new Map<string, PlannedChange>();
  await walk(resources, readsAtOnce, async (resource) => {
    signal.throwIfAborted();
    const actual = await resource.read(context);
    context.keep(resource, resource.output(actual));
    const { id: step, title } = resource;
    planned.set(step, { step, title, ...dueChange(resource, actual, resource.diff(actual, context)) });
    return true;
  });
  const changes = inOrder(resources).map((resource) => planned.get(resource.id) as PlannedChange);
  return { spec: fingerprint(spec), changes };
}

/** Returns what is due: waiting for what is as desired but not ready counts; what will never become ready is blocked. */
export function dueChange(
  { title, ready }: { readonly title: string; ready(actual: unknown): Readiness },
  actual: unknown,
  difference: Difference,
): Difference {
  if (actionOn(difference) !== "none") return difference;
  const readiness = ready(actual);
  if (readiness.state === "ready") return difference;
  if (readiness.state === "failed") return { operations: [], obstacle: { kind: "blocked", reason: readiness.reason } };
  return { operations: [{ verb: "wait", target: title }] };
}

/** Returns the action on the resource as a whole, or what is in its way. */
export function actionOn({ operations, obstacle }: Difference): Action | ChangeObstacle["kind"] {
  return obstacle?.kind ?? actionOf(operations);
}

export function isPending(difference: Difference): boolean {
  return difference.obstacle === undefined && difference.operations.length > 0;
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
