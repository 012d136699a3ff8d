import { createHash } from "node:crypto";
import { walk } from "./graph.ts";
import { type Action, actionOf } from "./operation.ts";
import type { ChangeObstacle, Difference, Readiness } from "./resource.ts";
import { Outputs, type ResourceNode } from "./resource-graph.ts";

/** What has to change about one resource. */
export interface PlannedChange extends Difference {
  /** The id of the resource. */
  readonly step: string;
  readonly title: string;
  /** Undefined for the platform's own. */
  readonly region: string | undefined;
}

/** Every change, in the order in which it can be made. Applying it does this and nothing else. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** Why regions have no changes: what could not be read, by region. */
  readonly failures: ReadonlyMap<string | undefined, unknown>;
}

const readsAtOnce = 6;

/**
 * Reads the world and returns what has to change. Changes nothing. A region is read once `verify` has returned for its
 * world. What cannot be read takes only its own region out of the plan, and what needs it.
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
