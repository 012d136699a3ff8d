import { holdOf } from "./due.ts";
import type { AppError } from "./error.ts";
import type { PlannedChange } from "./plan.ts";
import type { RemovalNode } from "./removal-order.ts";
import type { Difference } from "./resource.ts";
import { nameIn, type ResourceNode } from "./resource-graph.ts";
import type { RunSettings } from "./run.ts";
import { isDone, type StepOutcome, type StepResult } from "./step-result.ts";

/** What is known of the resources that were only read. */
export type ReadNodes<W> = Map<
  ResourceNode<W>,
  {
    readonly due?: Difference;
    readonly error?: AppError;
    /** Set if it could not be read, and gennet.yaml does not ask for it. */
    readonly isUnknown?: true;
    /** The names of the missing resources without which it cannot be read. */
    readonly waitsFor?: readonly string[];
  }
>;

/** A run that has made what is wanted. */
export interface MadeWanted<W> extends Pick<RunSettings, "clock" | "signal"> {
  readonly planned: ReadonlyMap<string, PlannedChange>;
  readonly results: ReadonlyMap<ResourceNode<W>, StepResult>;
  readonly read: ReadNodes<W>;
  /** Does the work on one resource. A failure becomes its result. */
  attempt(node: ResourceNode<W>): Promise<{ readonly outcome: StepOutcome } | undefined>;
  /** Ends the work on a resource that began at `begun`. */
  end(
    node: ResourceNode<W>,
    begun: number,
    outcome: StepOutcome,
    summary: string,
    why?: Pick<StepResult, "error" | "next">,
  ): void;
}

/** Returns the visit that removes a resource, unless something still needs it. */
export function removing<W>({
  planned,
  results,
  read,
  attempt,
  end,
  clock,
  signal,
}: MadeWanted<W>): (removal: RemovalNode<W>, failedUsers: readonly string[]) => Promise<boolean> {
  /** What still exists and needs a resource, by the node of that one. */
  const holders = new Map<string, readonly ResourceNode<W>[]>();
  const isHolding = (node: ResourceNode<W>, other: ResourceNode<W>): boolean => {
    if (other.wanted && other.chosen) return !isDone(results.get(other)?.outcome);
    return holdOf(node, other, read.get(other)?.due) !== undefined;
  };
  return async ({ node, usedBy }, failedUsers) => {
    signal.throwIfAborted();
    const { due, error, isUnknown, waitsFor = [] } = read.get(node) ?? {};
    if (isUnknown === true && node.chosen) {
      // If it exists and still uses what is removed next, AWS refuses that.
      end(node, clock.now(), "deferred", due?.obstacle?.reason ?? "");
      return true;
    }
    const isAbsent = !planned.has(node.id) && (waitsFor.length > 0 || (due !== undefined && isNothing(due)));
    // Nothing elsewhere uses what does not exist, so that was not read.
    const isUnread = (other: ResourceNode<W>): boolean => node.usersElsewhere.includes(other) && !read.has(other);
    const users = [
      ...failedUsers.flatMap((id) => holders.get(id) ?? []),
      ...usedBy.filter((other) => !(isAbsent && isUnread(other)) && isHolding(node, other)),
    ];
    const names = [...new Set([...users.map((user) => nameIn(node.region, user)), ...waitsFor])];
    const isPassed = !node.chosen || isAbsent;
    holders.set(node.id, isPassed && users.length > 0 ? users : [node]);
    if (isPassed) return names.length === 0;
    const left = planned.get(node.id)?.obstacle;
    if (left?.kind === "deferred") {
      end(node, clock.now(), "deferred", left.reason);
      return false;
    }
    if (error !== undefined) {
      end(node, clock.now(), "failed", error.message, { error });
      return false;
    }
    if (names.length > 0) {
      end(node, clock.now(), "skipped", `waits for ${names.join(", ")}`);
      return false;
    }
    return isDone((await attempt(node))?.outcome);
  };
}

function isNothing({ operations, obstacle }: Difference): boolean {
  return operations.length === 0 && obstacle === undefined;
}
