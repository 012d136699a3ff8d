import { AppError } from "../core/error.ts";
import { combine, exit, type Exit } from "../core/exit.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import type { Action } from "../core/operation.ts";
import { detailsOf, summaryOf } from "../core/operation-text.ts";
import { actionOn, fingerprint, isPending, makePlan, type PlannedChange } from "../core/plan.ts";
import type { ChangeObstacle } from "../core/resource.ts";
import { type GraphRegion, type ResourceNode, resourceGraph } from "../core/resource-graph.ts";
import { unknownBecause } from "../core/run-checks.ts";
import { throwUnlessTimeIsUp } from "../core/time-is-up.ts";
import { gotNoAnswer } from "../core/transient.ts";
import { preflight } from "./preflight/preflight.ts";
import { regionResources } from "./resources.ts";
import type { RegionWorld } from "./world.ts";

/** A planned change with its description for people and scripts. Only its operations are compared. */
export interface RegionChange extends Omit<PlannedChange, "region"> {
  readonly action: Action | ChangeObstacle["kind"];
  readonly summary: string;
  readonly details: readonly string[];
}

/** The planned changes of one region. */
export interface RegionPlanEntry {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  /** Hash of the region as gennet.yaml describes it. */
  readonly spec: string;
  readonly changes: readonly RegionChange[];
}

export const planVersion = 2;

export interface RegionPlan {
  readonly kind: "RegionPlan";
  /** The version of the plan file format. */
  readonly planVersion: typeof planVersion;
  readonly regions: readonly RegionPlanEntry[];
  /** Regions that could not be read, and why; and what AWS says of what the plan creates. */
  readonly findings: readonly Finding[];
}

/** Compares the platform with gennet.yaml, and asks AWS whether it can make what is missing; see `preflight`. */
export async function planRegions(worlds: readonly RegionWorld[], signal: AbortSignal): Promise<RegionPlan> {
  const plan = await compareRegions(worlds, signal);
  return { ...plan, findings: [...plan.findings, ...(await preflight(worlds, plan.regions, signal))] };
}

/**
 * Plans the platform as one graph, after verifying that the credentials of each region are for its account. A region
 * that is unreachable or does not answer in time becomes a finding. Throws any other error, and throws if no region
 * could be read.
 */
export async function compareRegions(worlds: readonly RegionWorld[], signal: AbortSignal): Promise<RegionPlan> {
  const nodes = platformGraph(worlds);
  const { changes, failures: unread } = await makePlan(nodes, ({ aws }) => aws.verifyAccount(signal), signal);
  const failures = worlds.flatMap(({ region: { name } }): Failure[] =>
    unread.has(name) ? [{ region: name, reason: unread.get(name) }] : [],
  );
  const regions = worlds
    .filter(({ region }) => !unread.has(region.name))
    .map((world): RegionPlanEntry => {
      const { name, awsRegion, accountId } = world.region;
      const own = changes.filter(({ region }) => region === name).map(described);
      return { name, awsRegion, accountId, spec: specOf(world), changes: own };
    });
  throwUnlessTimeIsUp(signal);
  const isSilent = ({ reason }: Failure): boolean => isUnanswered(reason) || signal.aborted;
  const [first, ...others] = failures.toSorted((one, other) => Number(isSilent(one)) - Number(isSilent(other)));
  if (first !== undefined && (regions.length === 0 || !isSilent(first))) throw together(first, others);
  const findings = failures.map(({ region, reason }): Finding => {
    const why = unknownBecause(signal.aborted && !isUnanswered(reason) ? signal.reason : reason);
    return { id: "region/plan", region, subject: `region ${region}`, ...why };
  });
  return { kind: "RegionPlan", planVersion, regions, findings };
}

/** Returns 3 if something is blocked and 8 if something is pending, combined with the exit code for unread regions. */
export function exitOfPlan({ regions, findings }: RegionPlan): Exit {
  const changes = regions.flatMap((region) => region.changes);
  const blocked = changes.some(({ action }) => action === "blocked") ? exit.unhealthy : exit.ok;
  const pending = changes.some(isPending) ? exit.pending : exit.ok;
  return combine([blocked, pending, exitOf(findings, false)]);
}

export function pendingIn(plan: RegionPlan): number {
  return plan.regions.reduce((sum, region) => sum + region.changes.filter(isPending).length, 0);
}

/** Returns the graph of these regions; the first one is primary if gennet.yaml specifies none. */
export function platformGraph(worlds: readonly RegionWorld[]): readonly ResourceNode<RegionWorld>[] {
  const [first] = worlds;
  if (first === undefined) return [];
  const places = worlds.map((world): GraphRegion<RegionWorld> => {
    const { name, primary } = world.region;
    return { region: name, world, isPrimary: primary === true };
  });
  return resourceGraph(regionResources(first.platform), places);
}

function specOf({ platform, region }: RegionWorld): string {
  return fingerprint({ platform, region });
}

export function described({ step, title, operations, obstacle }: Omit<PlannedChange, "region">): RegionChange {
  const change = { step, title, operations, ...(obstacle === undefined ? {} : { obstacle }) };
  return { ...change, action: actionOn(change), summary: summaryOf(change), details: detailsOf(change) };
}

interface Failure {
  readonly region: string;
  readonly reason: unknown;
}

function isUnanswered(reason: unknown): boolean {
  return reason instanceof AppError && gotNoAnswer(reason);
}

/** Combines the errors of several regions into one. A bug is returned unchanged. */
function together({ reason }: Failure, others: readonly Failure[]): unknown {
  if (!(reason instanceof AppError) || others.length === 0) return reason;
  const also = others.map(
    ({ region, reason: why }) => `Also in ${region}: ${why instanceof Error ? why.message : String(why)}`,
  );
  return new AppError(reason.code, reason.message, { next: [...reason.next, ...also], cause: reason });
}
