import { createHash } from "node:crypto";
import { limiterPerRegion } from "./bounded.ts";
import { canonicalJson } from "./canonical-json.ts";
import { actionOn, dueOf, holdOf } from "./due.ts";
import { AppError } from "./error.ts";
import { goalOf } from "./goal.ts";
import { walk } from "./graph.ts";
import type { Action } from "./operation.ts";
import { asDesired, type ChangeObstacle, type Difference, type ResourceContext } from "./resource.ts";
import { removalOrder } from "./removal-order.ts";
import { missingNeeds, nameIn, Outputs, type ResourceNode } from "./resource-graph.ts";
import { isUnanswered } from "./transient.ts";
import { unaskedAndDenied } from "./unasked.ts";
import { readUsersElsewhere } from "./users-elsewhere.ts";

/** The changes of one resource. */
export interface PlannedChange extends Difference {
  /** The id of the resource. */
  readonly step: string;
  readonly title: string;
  /** Undefined for a resource of the platform. */
  readonly region: string | undefined;
  /** Set if the resource is removed. */
  readonly removes?: true;
  /** Why there is something to do, for people. */
  readonly why?: string;
}

/** What AWS keeps on purpose of a resource that was removed. */
export interface Kept {
  /** Undefined for what belongs to the platform. */
  readonly region: string | undefined;
  /** The id of the resource. */
  readonly step: string;
  /** For people: "KMS key 1234, deleted on 2026-12-07". */
  readonly what: string;
}

/** Every change, in the order in which they are made. Applying the plan makes these and no others. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  readonly kept: readonly Kept[];
  /** Why a region has no changes, or the platform not all of them: the first read error, by region. */
  readonly failures: ReadonlyMap<string | undefined, unknown>;
  /** Why what is in a cluster has no changes: its API server did not answer, by region. */
  readonly silentClusters: ReadonlyMap<string, unknown>;
}

/** What was read of a resource, and what is due. */
interface Read {
  readonly due: Difference;
  readonly waitsFor: string | undefined;
  readonly keeps: readonly string[];
}

const readsAtOnce = 6;

/**
 * Reads the current state and returns the required changes, without making any: first what is wanted, then, in the
 * opposite order, what is removed. A region is read after `verify` has returned for its world. A resource that cannot be
 * read removes only its own region from the plan, and what needs it; of the platform, of a cluster whose API server does
 * not answer, and of a region that is not changed, only itself and what needs it. What gennet.yaml does not ask for and
 * may not be read is left alone. `outputs` is what was read for other resources.
 */
export async function makePlan<W>(
  nodes: readonly ResourceNode<W>[],
  verify: (world: W) => Promise<unknown>,
  signal: AbortSignal,
): Promise<Plan & { readonly outputs: Outputs<W> }> {
  const outputs = new Outputs<W>();
  const read = new Map<ResourceNode<W>, Read>();
  const reasons = new Map<string, unknown>();
  const failures = new Map<string | undefined, unknown>();
  const silentClusters = new Map<string, unknown>();
  /** The ids of what needs an API server that does not answer. */
  const inSilence = new Set<string>();
  const asked = new Map<W, Promise<unknown>>();
  const verified = (world: W): Promise<unknown> => {
    const answer = asked.get(world) ?? verify(world);
    asked.set(world, answer);
    return answer;
  };
  const fail = (node: ResourceNode<W>, reason: unknown): false => {
    reasons.set(node.id, reason);
    const { region } = node;
    if (!node.chosen) return false;
    const isInSilence = node.needs.some(({ id }) => inSilence.has(id)) || isOfSilentCluster(node, reason);
    if (isInSilence) inSilence.add(node.id);
    if (region !== undefined && isInSilence) silentClusters.set(region, reason);
    else if (!failures.has(region)) failures.set(region, reason);
    return false;
  };
  const readNode = async (node: ResourceNode<W>, failedNeeds: readonly string[]): Promise<boolean> => {
    const { region } = node;
    const [lost] = missingNeeds(node, failedNeeds);
    if (lost !== undefined) return fail(node, reasons.get(lost.id));
    if (region !== undefined && failures.has(region)) return fail(node, failures.get(region));
    try {
      signal.throwIfAborted();
      await verified(node.world);
      const context = outputs.contextOf(node, signal);
      const actual = await node.resource.read(context);
      outputs.keep(node, node.resource.output(actual));
      read.set(node, readOf(node, actual, context));
      return true;
    } catch (error) {
      const due = unaskedAndDenied(node, error);
      if (due === undefined) return fail(node, error);
      read.set(node, { due, waitsFor: undefined, keeps: [] });
      return true;
    }
  };
  // Each place has its own reads: those of a region that does not answer must not keep the others waiting.
  const slotOf = limiterPerRegion(readsAtOnce);
  await walk(nodes, slotOf, readNode);
  const removed = nodes.filter((node) => !node.wanted && actionOn(read.get(node)?.due ?? asDesired) !== "none");
  await readUsersElsewhere(removed, nodes, slotOf, readNode, ({ id }) => reasons.has(id));
  const order = [...nodes.filter(({ wanted }) => wanted), ...removalOrder(nodes).map(({ node }) => node)];
  const seen = order.flatMap((node) => {
    const own = read.get(node);
    const isLost = node.region !== undefined && failures.has(node.region);
    return own === undefined || isLost || !node.chosen ? [] : [{ node, ...own }];
  });
  const changes = seen.flatMap(({ node, due, waitsFor }) => {
    const isNothing = actionOn(due) === "none";
    // What is neither wanted nor there is no part of a plan.
    if (isNothing && (!node.wanted || node.resource.onlyIfDue === true)) return [];
    const difference = isNothing ? due : heldBack(node, due, { nodes, read, reasons });
    return [plannedChange(node, difference, waitsFor)];
  });
  const kept = seen.flatMap(({ node: { region, resource }, keeps }) =>
    keeps.map((what) => ({ region, step: resource.id, what })),
  );
  return { changes, kept, failures, silentClusters, outputs };
}

/** Whether the API server of the cluster did not answer. What is removed together with the cluster does not ask it. */
function isOfSilentCluster<W>({ resource }: ResourceNode<W>, reason: unknown): boolean {
  return resource.inCluster === true && reason instanceof AppError && isUnanswered(reason);
}

function readOf<W>(node: ResourceNode<W>, actual: unknown, context: ResourceContext<W>): Read {
  const { resource, wanted } = node;
  const due = dueOf(node, actual, context);
  const readiness = actionOn(due) === "wait" ? goalOf(node).reached(actual) : undefined;
  const keeps = wanted ? undefined : resource.removal?.keeps?.(actual, context);
  return { due, waitsFor: readiness?.state === "waiting" ? readiness.detail : undefined, keeps: keeps ?? [] };
}

interface Seen<W> {
  readonly nodes: readonly ResourceNode<W>[];
  readonly read: ReadonlyMap<ResourceNode<W>, Pick<Read, "due">>;
  /** Why a resource could not be read, by the id of its node. */
  readonly reasons: ReadonlyMap<string, unknown>;
}

/** Returns the obstacle of a removal while something that is not changed in this run needs the resource, or may need it. */
function heldBack<W>(node: ResourceNode<W>, due: Difference, { nodes, read, reasons }: Seen<W>): Difference {
  if (node.wanted || due.obstacle !== undefined) return due;
  for (const other of [...nodes, ...node.usersElsewhere]) {
    const its = read.get(other)?.due;
    const hold = holdOf(node, other, its);
    const name = nameIn(node.region, other);
    if (hold === "held") {
      return { ...due, obstacle: { kind: "blocked", reason: `${name} still needs it, and is left out of this plan` } };
    }
    if (hold === "unknown") {
      const why = its?.obstacle?.reason ?? messageOf(reasons.get(other.id));
      const reason = `whether ${name}, which is left out of this plan, still needs it is unknown: ${why}`;
      return { ...due, obstacle: { kind: "blocked", reason } };
    }
  }
  return due;
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

function plannedChange<W>(
  { region, resource, wanted }: ResourceNode<W>,
  due: Difference,
  waitsFor: string | undefined,
): PlannedChange {
  const why = wanted ? whyWanted(actionOn(due), waitsFor) : whyRemoved(due);
  return {
    step: resource.id,
    title: resource.title,
    region,
    ...due,
    ...(wanted ? {} : { removes: true }),
    ...(why === undefined ? {} : { why }),
  };
}

/** What is unknown says for itself that gennet.yaml does not ask for it. */
function whyRemoved({ obstacle }: Difference): string | undefined {
  return obstacle?.kind === "deferred" ? undefined : "gennet.yaml does not ask for it any more";
}

function whyWanted(action: Action | ChangeObstacle["kind"], waitsFor: string | undefined): string | undefined {
  switch (action) {
    case "create":
      return "it does not exist";
    case "update":
    case "delete":
      return "it differs from gennet.yaml";
    case "replace":
      return "it differs from gennet.yaml in what cannot be changed";
    case "adopt":
      return "it exists, but was not made by gennet";
    case "wait":
      return `it is not ready: ${waitsFor ?? "unknown"}`;
    default:
      return undefined;
  }
}

/** Returns the SHA-256 of a value's JSON, regardless of the order of its keys. */
export function fingerprint(value: object): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
