import { goalOf } from "./goal.ts";
import { type Action, actionOf } from "./operation.ts";
import { blocked, type ChangeObstacle, type Difference, type Readiness, type ResourceContext } from "./resource.ts";
import { isRemovedBefore, type ResourceNode } from "./resource-graph.ts";

/** Returns what is due of a resource: to make it as desired, or to remove it. */
export function dueOf<W>(node: ResourceNode<W>, actual: unknown, context: ResourceContext<W>): Difference {
  const goal = goalOf(node);
  return dueChange({ title: node.resource.title, ready: goal.reached }, actual, goal.diff(actual, context));
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
  if (readiness.state === "failed") return blocked(readiness.reason, [], readiness.next);
  return { operations: [{ verb: "wait", target: title }] };
}

/** Returns the action on the resource as a whole, or the obstacle. */
export function actionOn({
  operations,
  obstacle,
  removes,
}: Difference & { readonly removes?: true }): Action | ChangeObstacle["kind"] {
  if (obstacle !== undefined) return obstacle.kind;
  const action = actionOf(operations);
  // What is changed so that it can be deleted is a part of that.
  return removes === true && action !== "none" && action !== "wait" ? "delete" : action;
}

export function isPending(difference: Difference): boolean {
  return difference.obstacle === undefined && difference.operations.length > 0;
}

/**
 * Returns whether a resource that is not changed in this run keeps `node` from being removed: it would have to change
 * before. Unknown if it could not be read: `due` is undefined then. What does not exist in another region holds nothing
 * there.
 */
export function holdOf<W>(
  node: ResourceNode<W>,
  other: ResourceNode<W>,
  due: Difference | undefined,
): "held" | "unknown" | undefined {
  if (other.chosen || !isRemovedBefore(node, other)) return undefined;
  const isElsewhere = other.region !== node.region;
  if (isElsewhere && other.region === undefined) return undefined;
  if (due === undefined) return "unknown";
  if (due.obstacle?.kind === "deferred" && !other.wanted) return "unknown";
  const action = actionOn(due);
  if (action === "none" || action === "deferred") return undefined;
  return isElsewhere && action === "create" ? undefined : "held";
}
