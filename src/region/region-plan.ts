import { actionOn, isPending } from "../core/due.ts";
import { AppError } from "../core/error.ts";
import { combine, exit, type Exit } from "../core/exit.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import type { Action } from "../core/operation.ts";
import { detailsOf, summaryOf } from "../core/operation-text.ts";
import { fingerprint, type Kept, makePlan, type PlannedChange } from "../core/plan.ts";
import type { ChangeObstacle } from "../core/resource.ts";
import { unreadBecause } from "../core/run-checks.ts";
import { throwUnlessTimeIsUp } from "../core/time-is-up.ts";
import { gotNoAnswer } from "../core/transient.ts";
import type { ResourceNode } from "../core/resource-graph.ts";
import { givenIn, type GivenResource, givenToAll } from "./given.ts";
import { type LeftOut, leftOutOf, platformGraph, type RunScope } from "./platform-graph.ts";
import { preflight } from "./preflight/preflight.ts";
import { readOnce } from "./read-once.ts";
import { eksCluster } from "./resources/eks-cluster.ts";
import type { RegionWorld } from "./world.ts";

/** A planned change with its description for people and scripts. Only its operations are compared. */
export interface RegionChange extends Omit<PlannedChange, "region"> {
  readonly action: Action | ChangeObstacle["kind"];
  readonly summary: string;
  readonly details: readonly string[];
}

/** The planned changes of what all regions share. */
export interface PlatformPlanEntry {
  /** The name of the platform. */
  readonly name: string;
  /** Hash of gennet.yaml. */
  readonly spec: string;
  readonly changes: readonly RegionChange[];
  /** What gennet.yaml gives by its id; absent if that is nothing. */
  readonly given?: readonly GivenResource[];
}

/** The planned changes of one region. */
export interface RegionPlanEntry {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  /** Hash of the platform and the region as gennet.yaml describes them. */
  readonly spec: string;
  /** https URL of the cluster's API server, once it exists. */
  readonly endpoint?: string;
  readonly changes: readonly RegionChange[];
  /** What gennet.yaml gives by its id; absent if that is nothing. */
  readonly given?: readonly GivenResource[];
}

export const planVersion = 3;

export interface RegionPlan {
  readonly kind: "RegionPlan";
  /** The version of the plan file format. */
  readonly planVersion: typeof planVersion;
  /** Absent if the regions share nothing that gennet manages. */
  readonly platform?: PlatformPlanEntry;
  readonly regions: readonly RegionPlanEntry[];
  /** Absent if the plan is about everything. */
  readonly leftOut?: LeftOut;
  /** Regions that could not be read, and why; and what AWS says of what the plan creates. */
  readonly findings: readonly Finding[];
}

/** Compares the platform with gennet.yaml, and asks AWS whether it can make what is missing; see `preflight`. */
export async function planRegions(
  worlds: readonly RegionWorld[],
  signal: AbortSignal,
  scope: RunScope = {},
): Promise<RegionPlan> {
  const { plan, seen } = await readPlan(worlds, signal, scope);
  return { ...plan, findings: [...plan.findings, ...(await preflight(seen, plan.regions, signal))] };
}

/**
 * Plans the platform as one graph, after verifying that the credentials of each region are for its account. `worlds` are
 * all regions of the platform. A region that cannot be read becomes a finding (it does not answer, its credentials or its
 * context are not its own, its name is taken), and so does what the regions share, and what is in a cluster whose API
 * server does not answer. Throws if no region could be read.
 */
export async function compareRegions(
  worlds: readonly RegionWorld[],
  signal: AbortSignal,
  scope: RunScope = {},
): Promise<RegionPlan> {
  return (await readPlan(worlds, signal, scope)).plan;
}

/**
 * Compares like `compareRegions`, and returns what AWS keeps on purpose of what is not wanted and gone, and the regions as
 * they were seen: what EKS has answered is not asked again.
 */
export async function readPlan(
  worlds: readonly RegionWorld[],
  signal: AbortSignal,
  scope: RunScope,
): Promise<{ readonly plan: RegionPlan; readonly kept: readonly Kept[]; readonly seen: readonly RegionWorld[] }> {
  const seen = worlds.map(readOnce);
  const nodes = platformGraph(seen, scope);
  const made = await makePlan(nodes, ({ aws }) => aws.verifyAccount(signal), signal);
  const { changes, failures: unread, silentClusters, kept, outputs } = made;
  const chosen = worlds.filter(({ region }) => scope.regions?.includes(region.name) ?? true);
  const read = chosen.filter(({ region }) => !unread.has(region.name));
  throwUnlessTimeIsUp(signal);
  const silent = read.flatMap(({ region: { name } }) =>
    silentClusters.has(name) ? [silentFinding(name, silentClusters.get(name))] : [],
  );
  const findings = [...unreadFindings(unread, chosen, read.length > 0, signal), ...silent];
  const shared = changes.filter(({ region }) => region === undefined).map(described);
  const platform = platformEntry(worlds, shared);
  const regions = read.map((world): RegionPlanEntry => {
    const { name, awsRegion, accountId } = world.region;
    const own = changes.filter(({ region }) => region === name).map(described);
    const endpoint = outputs.of(name, eksCluster)?.endpoint;
    const known = endpoint === undefined ? {} : { endpoint };
    const given = givenPart(givenIn(world));
    return { name, awsRegion, accountId, spec: specOf(world), ...known, changes: own, ...given };
  });
  const leftOut = leftOutOf(nodes, scope);
  const left = leftOut === undefined ? {} : { leftOut };
  return {
    plan: { kind: "RegionPlan", planVersion, ...platform, regions, ...left, findings },
    kept: [...kept, ...givenAndKept(nodes)],
    seen,
  };
}

/** Returns 3 if something is blocked and 8 if something is pending, combined with the exit code for unread regions. */
export function exitOfPlan(plan: RegionPlan): Exit {
  const changes = changesOf(plan);
  const blocked = changes.some(({ action }) => action === "blocked") ? exit.unhealthy : exit.ok;
  const pending = changes.some(isPending) ? exit.pending : exit.ok;
  return combine([blocked, pending, exitOf(plan.findings, false)]);
}

export function pendingIn(plan: RegionPlan): number {
  return changesOf(plan).filter(isPending).length;
}

/** Returns the changes of the platform and of every region, each with its region. */
export function changesOf({
  platform,
  regions,
}: Pick<RegionPlan, "platform" | "regions">): readonly (RegionChange & Pick<PlannedChange, "region">)[] {
  const shared = platform?.changes.map((change) => ({ ...change, region: undefined })) ?? [];
  return [...shared, ...regions.flatMap(({ name, changes }) => changes.map((change) => ({ ...change, region: name })))];
}

function platformEntry(
  [world]: readonly RegionWorld[],
  changes: readonly RegionChange[],
): { readonly platform?: PlatformPlanEntry } {
  if (world === undefined || changes.length === 0) return {};
  const { platform } = world;
  return { platform: { name: platform.name, spec: fingerprint(platform), changes, ...givenPart(givenToAll(world)) } };
}

function givenPart(given: readonly GivenResource[]): { readonly given?: readonly GivenResource[] } {
  return given.length === 0 ? {} : { given };
}

/** Returns what is not wanted any more, and stays because gennet.yaml gives it. */
function givenAndKept(nodes: readonly ResourceNode<RegionWorld>[]): readonly Kept[] {
  return nodes
    .filter(({ wanted, chosen }) => !wanted && chosen)
    .flatMap(({ region, resource, world }) =>
      (region === undefined ? givenToAll(world) : givenIn(world))
        .filter(({ step }) => step === resource.id)
        .map(({ step, title, what }) => ({
          region,
          step,
          what: `${title} ${what}: gennet.yaml gives it, so it is left as it is`,
        })),
    );
}

/** Returns the hash of a region, without the other regions: they may change between a plan and its run. */
function specOf({ platform, region }: RegionWorld): string {
  return fingerprint({ platform: { ...platform, regions: undefined }, region });
}

export function described(change: Omit<PlannedChange, "region">): RegionChange {
  const { step, title, operations, obstacle, removes, why } = change;
  const own = {
    step,
    title,
    operations,
    ...(obstacle === undefined ? {} : { obstacle }),
    ...(removes === undefined ? {} : { removes }),
    ...(why === undefined ? {} : { why }),
  };
  return { ...own, action: actionOn(own), summary: summaryOf(own), details: detailsOf(own) };
}

interface Failure {
  /** Undefined for what all regions share. */
  readonly region: string | undefined;
  readonly reason: unknown;
}

/** Returns a finding for each region without a plan. Throws if none has one, and for a bug. */
function unreadFindings(
  unread: ReadonlyMap<string | undefined, unknown>,
  chosen: readonly RegionWorld[],
  isAnyRead: boolean,
  signal: AbortSignal,
): readonly Finding[] {
  const inRegions = chosen.flatMap(({ region: { name } }): Failure[] =>
    unread.has(name) ? [{ region: name, reason: unread.get(name) }] : [],
  );
  const shared = unread.get(undefined);
  // What the regions share and cannot be read because of a region has its finding there.
  const isOwn = unread.has(undefined) && inRegions.every(({ reason }) => reason !== shared);
  const failures = [...inRegions, ...(isOwn ? [{ region: undefined, reason: shared }] : [])];
  const isSilent = ({ reason }: Failure): boolean => gaveNoAnswer(reason) || signal.aborted;
  const [first, ...others] = failures.toSorted((one, other) => Number(isSilent(one)) - Number(isSilent(other)));
  if (first !== undefined && !isAnyRead) throw together(first, others);
  return failures.map(({ region, reason }): Finding => {
    const why = unreadBecause(signal.aborted && !gaveNoAnswer(reason) ? signal.reason : reason);
    const subject = region === undefined ? "what the regions share" : `region ${region}`;
    return { id: "region/plan", region: region ?? "platform", subject, ...why };
  });
}

/** Returns the finding for a region whose API server does not answer: what needs it has no plan. */
function silentFinding(region: string, reason: unknown): Finding {
  const subject = `what is in the cluster of region ${region}`;
  return { id: "region/plan", region, subject, ...unreadBecause(reason) };
}

function gaveNoAnswer(reason: unknown): boolean {
  return reason instanceof AppError && gotNoAnswer(reason);
}

/** Combines the errors of several regions into one. A bug is returned unchanged. */
function together({ reason }: Failure, others: readonly Failure[]): unknown {
  if (!(reason instanceof AppError) || others.length === 0) return reason;
  const also = others.map(
    ({ region = "platform", reason: why }) => `Also in ${region}: ${why instanceof Error ? why.message : String(why)}`,
  );
  return new AppError(reason.code, reason.message, { next: [...reason.next, ...also], cause: reason });
}
