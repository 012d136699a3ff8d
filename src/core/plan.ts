import { createHash } from "node:crypto";
import { walk } from "./graph.ts";
import { type Action, actionOf } from "./operation.ts";
import type { ChangeObstacle, Difference, Readiness } from "./resource.ts";
import { Outputs, type ResourceNode } from "./resource-graph.ts";

/** The changes of one resource. */
export interface PlannedChange extends Difference {
  /** The id of the resource. */
  readonly step: string;
  readonly title: string;
  /** Undefined for a resource of the platform. */
  readonly region: string | undefined;
}

/** Every change, in the order in which they are made. Applying the plan makes these and no others. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** Why a region has no changes: the read error, by region. */
  readonly failures: ReadonlyMap<string | undefined, unknown>;
}

const readsAtOnce = 6;

/**
 * Reads the current state and returns the required changes, without making any. A region is read after `verify` has
 * returned for its world. A resource that cannot be read removes only its own region from the plan, and what needs that
 * region.
 */
export async function makePlan<W>(
  nodes: readonly ResourceNode<W>[],
  verify: (world: W) => Promise<unknown>,
  signal: AbortSignal,
): Promise<Plan> {
  const outputs = new Outputs<W>();
  const planned = new Map<ResourceNode<W>, PlannedChange>();
  const failures = new Map<string | undefined, unknown>();
  const places = new Set(nodes.map(({ region }) => region)).size;
  const asked = new Map<W, Promise<unknown>>();
  const verified = (world: W): Promise<unknown> => {
    const answer = asked.get(world) ?? verify(world);
    asked.set(world, answer);
    return answer;
  };
  await walk(nodes, readsAtOnce * places, async (node, failedNeeds) => {
    const { region, resource } = node;
    const failed = node.needs.find(({ id }) => failedNeeds.includes(id));
    if (failed !== undefined && !failures.has(region)) failures.set(region, failures.get(failed.region));
    if (failures.has(region)) return false;
    try {
      signal.throwIfAborted();
      await verified(node.world);
      const context = outputs.contextOf(node, signal);
      const actual = await resource.read(context);
      outputs.keep(node, resource.output(actual));
      const due = dueChange(resource, actual, resource.diff(actual, context));
      planned.set(node, { step: resource.id, title: resource.title, region, ...due });
      return true;
    } catch (error) {
      if (!failures.has(region)) failures.set(region, error);
      return false;
    }
  });
  const changes = nodes.flatMap((node) => (failures.has(node.region) ? [] : [planned.get(node) as PlannedChange]));
  return { changes, failures };
}

/**
 * Returns what is due: waiting for a resource that is as desired but not ready counts; one that will never become ready
 * is blocked.
 */
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

/** Returns the action on the resource as a whole, or the obstacle. */
export function actionOn({ operations, obstacle }: Difference): Action | ChangeObstacle["kind"] {
  return obstacle?.kind ?? actionOf(operations);
}

export function isPending(difference: Difference): boolean {
  return difference.obstacle === undefined && difference.operations.length > 0;
}

/** Returns the SHA-256 of a value's JSON, regardless of the order of its keys. */
export function fingerprint(value: unknown): string {
  const sorted = (_key: string, each: unknown): unknown => {
    if (typeof each !== "object" || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
  return createHash("sha256")
    .update(JSON.stringify(value, sorted) ?? "")
    .digest("hex");
}
