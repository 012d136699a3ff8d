import { type AppliedResource, applyResource } from "./apply-resource.ts";
import { dueOf, isHeldBy } from "./due.ts";
import { AppError } from "./error.ts";
import { walk } from "./graph.ts";
import type { PlannedChange } from "./plan.ts";
import { removalOrder, type RemovalNode } from "./removal-order.ts";
import type { Difference } from "./resource.ts";
import { nameIn, nodeId, Outputs, type ResourceNode } from "./resource-graph.ts";
import type { JournaledRun, RunSettings, StepProgress } from "./run.ts";

export type StepOutcome = "changed" | "unchanged" | "blocked" | "deferred" | "failed" | "skipped";

export interface StepResult {
  /** Undefined for what belongs to the platform. */
  readonly region: string | undefined;
  /** The id of the resource. */
  readonly step: string;
  readonly title: string;
  readonly outcome: StepOutcome;
  /** What was done, or why not, for people. */
  readonly summary: string;
  readonly durationMs: number;
  readonly error?: AppError;
}

export interface Applied<W> {
  readonly results: readonly StepResult[];
  readonly outputs: Outputs<W>;
}

/** What is known of the resources that were only read. */
type Reads<W> = Map<
  ResourceNode<W>,
  {
    readonly due?: Difference;
    readonly error?: AppError;
    /** The names of the missing resources without which it cannot be read. */
    readonly waitsFor?: readonly string[];
  }
>;

const resourcesAtOnce = 4;

/**
 * Makes a plan's changes, each after a check that it still is what was planned: first what is wanted, then the removals,
 * in the opposite order. A resource that fails stops what needs it, or what it needs if that is removed; the others
 * continue. Throws only what is no failure of a resource: an abort, a bug.
 */
export async function applyPlan<W>(
  nodes: readonly ResourceNode<W>[],
  changes: readonly PlannedChange[],
  run: JournaledRun,
  settings: RunSettings,
): Promise<Applied<W>> {
  const { clock, signal, report } = settings;
  const outputs = new Outputs<W>();
  const planned = new Map(changes.map((change) => [nodeId(change.region, change.step), change]));
  const results = new Map<ResourceNode<W>, StepResult>();
  const read: Reads<W> = new Map();
  const atOnce = resourcesAtOnce * new Set(nodes.map(({ region }) => region)).size;

  const end = (node: ResourceNode<W>, begun: number, outcome: StepOutcome, summary: string, error?: AppError): void => {
    const { region } = node;
    const { id: step, title } = node.resource;
    const durationMs = clock.now() - begun;
    const failed = error === undefined ? {} : { error };
    results.set(node, { region, step, title, outcome, summary, durationMs, ...failed });
    report({ region, step, state: stateOf[outcome], detail: summary, durationMs });
  };
  /** Does the work on one resource. A failure becomes its result. */
  const attempt = async (node: ResourceNode<W>): Promise<AppliedResource | undefined> => {
    const begun = clock.now();
    try {
      const done = await applyResource(node, planned.get(node.id), outputs.contextOf(node, signal), run, settings);
      end(node, begun, done.outcome, done.summary);
      return done;
    } catch (error) {
      const failure = expected(error, signal);
      end(node, begun, "failed", failure.message, failure);
      return undefined;
    }
  };

  /** Reads what is not changed, or not yet. Returns whether what needs it can use it. */
  const look = async (node: ResourceNode<W>, failedNeeds: readonly string[]): Promise<boolean> => {
    const missing = node.needs.filter(({ id }) => failedNeeds.includes(id));
    if (missing.length > 0) {
      read.set(node, { waitsFor: missing.map((need) => nameIn(node.region, need)) });
      return false;
    }
    try {
      const context = outputs.contextOf(node, signal);
      const actual = await node.resource.read(context);
      const output = node.resource.output(actual);
      outputs.keep(node, output);
      read.set(node, { due: dueOf(node, actual, context) });
      return !node.wanted || output !== undefined;
    } catch (error) {
      read.set(node, { error: expected(error, signal) });
      return false;
    }
  };
  await walk(nodes, atOnce, async (node, failedNeeds) => {
    signal.throwIfAborted();
    if (!node.wanted || !node.chosen) return look(node, failedNeeds);
    if (failedNeeds.length > 0) {
      const missing = node.needs.filter((need) => failedNeeds.includes(need.id));
      // What waits only for what is deferred is deferred itself.
      const isDeferred = missing.every((need) => results.get(need)?.outcome === "deferred");
      const names = missing.map((need) => awaited(node, need, read));
      end(node, clock.now(), isDeferred ? "deferred" : "skipped", `waits for ${names.join(", ")}`);
      return false;
    }
    const done = await attempt(node);
    if (done === undefined) return false;
    const output = node.resource.output(done.actual);
    outputs.keep(node, output);
    return output !== undefined;
  });

  /** The names of what still needs a resource that is to be removed, by node. */
  const holders = new Map<string, readonly string[]>();
  const isHolding = (node: ResourceNode<W>, other: ResourceNode<W>): boolean => {
    if (other.wanted && other.chosen) return !isDone(results.get(other)?.outcome);
    const due = read.get(other)?.due;
    return due !== undefined && isHeldBy(node, other, due);
  };
  const remove = async ({ node, usedBy }: RemovalNode<W>, failedUsers: readonly string[]): Promise<boolean> => {
    signal.throwIfAborted();
    const { due, error, waitsFor = [] } = read.get(node) ?? {};
    const own = usedBy.filter((other) => isHolding(node, other)).map((other) => nameIn(node.region, other));
    const names = [...new Set([...failedUsers.flatMap((id) => holders.get(id) ?? []), ...own, ...waitsFor])];
    const isPlanned = planned.has(node.id);
    const isAbsent = !isPlanned && (waitsFor.length > 0 || (due !== undefined && isNothing(due)));
    if (!node.chosen || isAbsent) {
      holders.set(node.id, names);
      return names.length === 0;
    }
    holders.set(node.id, [node.resource.id]);
    if (error !== undefined) {
      end(node, clock.now(), "failed", error.message, error);
      return false;
    }
    if (names.length > 0) {
      end(node, clock.now(), "skipped", `waits for ${names.join(", ")}`);
      return false;
    }
    return isDone((await attempt(node))?.outcome);
  };
  await walk(removalOrder(nodes), atOnce, remove);
  return { results: [...results.values()], outputs };
}

const stateOf = {
  changed: "done",
  unchanged: "done",
  blocked: "failed",
  deferred: "skipped",
  failed: "failed",
  skipped: "skipped",
} as const satisfies Record<StepOutcome, StepProgress["state"]>;

function isDone(outcome: StepOutcome | undefined): boolean {
  return outcome === "changed" || outcome === "unchanged";
}

function isNothing({ operations, obstacle }: Difference): boolean {
  return operations.length === 0 && obstacle === undefined;
}

/** Returns an error that is a resource's failure. Throws an abort, or a bug. */
function expected(error: unknown, signal: AbortSignal): AppError {
  signal.throwIfAborted();
  if (error instanceof AppError) return error;
  throw error;
}

/** Returns the name of a need that is missing, with the reason if that is not in the results. */
function awaited<W>(node: ResourceNode<W>, need: ResourceNode<W>, read: Reads<W>): string {
  const name = nameIn(node.region, need);
  const error = read.get(need)?.error;
  if (error !== undefined) return `${name} (${error.message})`;
  return need.chosen ? name : `${name}, which is left out and does not exist`;
}
