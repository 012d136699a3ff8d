import { setMaxListeners } from "node:events";
import { type AppliedResource, applyResource } from "./apply-resource.ts";
import { type Limiter, limiterPerRegion } from "./bounded.ts";
import type { Clock } from "./clock.ts";
import { dueOf } from "./due.ts";
import { AppError } from "./error.ts";
import { walk } from "./graph.ts";
import type { PlannedChange } from "./plan.ts";
import { removalOrder } from "./removal-order.ts";
import { type MadeWanted, type ReadNodes, removing } from "./removing.ts";
import { makingOrder, missingNeeds, nameIn, nodeId, Outputs, type ResourceNode } from "./resource-graph.ts";
import type { JournaledRun, RunSettings, StepProgress } from "./run.ts";
import type { StepOutcome, StepResult } from "./step-result.ts";
import { unaskedAndDenied } from "./unasked.ts";
import { readUsersElsewhere } from "./users-elsewhere.ts";

export interface Applied<W> {
  readonly results: readonly StepResult[];
  readonly outputs: Outputs<W>;
}

/** In each region, and of what all regions share. */
const resourcesAtOnce = 6;

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
  // Every request under way listens to it; more than ten at once are no leak.
  setMaxListeners(0, signal);
  const outputs = new Outputs<W>();
  const planned = new Map(changes.map((change) => [nodeId(change.region, change.step), change]));
  const results = new Map<ResourceNode<W>, StepResult>();
  const read: ReadNodes<W> = new Map();
  // A region that does not answer keeps its own slots, and no others.
  const slotOf = limiterPerRegion(resourcesAtOnce);
  const slotOfPlaced = ({ node }: { readonly node: ResourceNode<W> }): Limiter => slotOf(node);
  // What takes AWS minutes must not keep others from being started.
  const waitingOf = (node: ResourceNode<W>): Clock => ({
    now: clock.now,
    sleep: (ms, until) => slotOf(node).outside(() => clock.sleep(ms, until)),
  });

  const end: MadeWanted<W>["end"] = (node, begun, outcome, summary, { error, next } = {}) => {
    const { region } = node;
    const { id: step, title } = node.resource;
    const durationMs = clock.now() - begun;
    const why = { ...(error === undefined ? {} : { error }), ...(next === undefined ? {} : { next }) };
    results.set(node, { region, step, title, outcome, summary, durationMs, ...why });
    report({ region, step, state: stateOf[outcome], detail: summary, durationMs });
  };
  /** Does the work on one resource. A failure becomes its result. */
  const attempt = async (node: ResourceNode<W>): Promise<AppliedResource | undefined> => {
    const begun = clock.now();
    try {
      const done = await applyResource(node, planned.get(node.id), outputs.contextOf(node, signal), run, {
        ...settings,
        clock: waitingOf(node),
      });
      const isNothing = done.outcome === "unchanged" && node.resource.onlyIfDue === true;
      if (!isNothing) end(node, begun, done.outcome, done.summary, done);
      return done;
    } catch (error) {
      const failure = expected(error, signal);
      end(node, begun, "failed", failure.message, { error: failure });
      return undefined;
    }
  };

  /** Reads what is not changed, or not yet. Returns whether what needs it can use it. */
  const look = async (node: ResourceNode<W>, failedNeeds: readonly string[]): Promise<boolean> => {
    const missing = missingNeeds(node, failedNeeds);
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
      const due = unaskedAndDenied(node, error);
      read.set(node, due === undefined ? { error: expected(error, signal) } : { due, isUnknown: true });
      return due !== undefined;
    }
  };
  // What could not be read when the plan was made is in no plan, and is left alone.
  const isPlanned = ({ id, resource }: ResourceNode<W>): boolean => planned.has(id) || resource.onlyIfDue === true;
  await walk(makingOrder(nodes), slotOfPlaced, async ({ node }, failedNeeds) => {
    signal.throwIfAborted();
    if (!node.wanted || !node.chosen || !isPlanned(node)) return look(node, failedNeeds);
    if (failedNeeds.length > 0) {
      // What is only put right if it is due is not known to be.
      if (!planned.has(node.id)) return false;
      const missing = missingNeeds(node, failedNeeds);
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

  const isUnread = (node: ResourceNode<W>): boolean => read.get(node)?.error !== undefined;
  const due = nodes.filter((node) => !node.wanted && node.chosen && planned.has(node.id));
  await readUsersElsewhere(due, nodes, slotOf, look, isUnread);
  await walk(removalOrder(nodes), slotOfPlaced, removing({ planned, results, read, attempt, end, clock, signal }));
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

/** Returns an error that is a resource's failure. Throws an abort, or a bug. */
function expected(error: unknown, signal: AbortSignal): AppError {
  signal.throwIfAborted();
  if (error instanceof AppError) return error;
  throw error;
}

/** Returns the name of a need that is missing, with the reason if that is not in the results. */
function awaited<W>(node: ResourceNode<W>, need: ResourceNode<W>, read: ReadNodes<W>): string {
  const name = nameIn(node.region, need);
  const error = read.get(need)?.error;
  if (error !== undefined) return `${name} (${error.message})`;
  return need.chosen ? name : `${name}, which is left out and does not exist`;
}
