import type { Finding } from "../../core/finding.ts";
import { runChecks } from "../../core/run-checks.ts";
import { shared as once } from "../../core/shared.ts";
import { supportFacts } from "../offered-versions.ts";
import type { RunScope } from "../platform-graph.ts";
import { compareRegions, type PlatformPlanEntry, type RegionChange, type RegionPlanEntry } from "../region-plan.ts";
import { platformFences } from "../state/platform-fences.ts";
import type { RegionWorld } from "../world.ts";
import { authorityEnds } from "./cluster-authority.ts";
import { regionStatusChecks } from "./index.ts";
import { resourcesCheck } from "./resources-check.ts";
import { type RegionStatusContext, statusContext } from "./status-context.ts";

/** The result of `gennet region status`. */
export interface RegionStatus {
  readonly kind: "RegionStatus";
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  /** What all regions share; absent if that is nothing that gennet manages. */
  readonly platform?: ComparedPlatform;
  /** The regions that could be read. */
  readonly regions: readonly ComparedRegion[];
  readonly findings: readonly Finding[];
}

export interface ComparedPlatform {
  /** The name of the platform. */
  readonly name: string;
  readonly resources: readonly ResourceState[];
}

export interface ComparedRegion {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  readonly resources: readonly ResourceState[];
  /** Absent if the cluster does not exist, or if EKS did not say. */
  readonly kubernetes?: KubernetesState;
}

/** How a resource differs from gennet.yaml. */
export interface ResourceState extends Pick<RegionChange, "title" | "action" | "summary"> {
  readonly resource: string;
}

export interface KubernetesState {
  /** `1.34` */
  readonly version: string;
  /** `STANDARD_SUPPORT`, `EXTENDED_SUPPORT`, `UNSUPPORTED` */
  readonly support?: string;
  /** RFC 3339, UTC. */
  readonly standardUntil?: string;
  /** RFC 3339, UTC. */
  readonly extendedUntil?: string;
  /** Until when the cluster's certificate authority is valid, RFC 3339, UTC; the first one that ends. */
  readonly authorityUntil?: string;
}

/**
 * Compares what all regions share, and each region of the scope, with gennet.yaml, and asks EKS how long its cluster is
 * supported. `worlds` are all regions of the platform. Changes nothing.
 */
export async function regionStatus(
  worlds: readonly RegionWorld[],
  scope: RunScope,
  now: () => number,
  signal: AbortSignal,
): Promise<RegionStatus> {
  const plan = await compareRegions(worlds, signal, scope);
  const { platform } = plan;
  const shared = platform === undefined ? [] : await sharedFindings(platform, now, signal);
  const fences = once(async () => (await platformFences(worlds, signal)).fences);
  const examined = await Promise.all(
    plan.regions.map(async (entry) => {
      const world = worlds.find(({ region }) => region.name === entry.name);
      if (world === undefined) throw new Error(`no region ${entry.name}`);
      const context = statusContext(world, { changes: entry.changes, fences, now }, signal);
      const findings = await runChecks(regionStatusChecks, { context, region: entry.name, now, signal });
      return { state: stateOf(entry, context), findings };
    }),
  );
  return {
    kind: "RegionStatus",
    generatedAt: new Date(now()).toISOString(),
    ...(platform === undefined ? {} : { platform: { name: platform.name, resources: statesOf(platform) } }),
    regions: examined.map(({ state }) => state),
    findings: [...plan.findings, ...shared, ...examined.flatMap(({ findings }) => findings)],
  };
}

function sharedFindings(
  { changes }: PlatformPlanEntry,
  now: () => number,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  return runChecks([resourcesCheck], { context: { region: undefined, changes }, region: "platform", now, signal });
}

function stateOf(entry: RegionPlanEntry, context: RegionStatusContext): ComparedRegion {
  const { name, awsRegion, accountId } = entry;
  const kubernetes = kubernetesOf(context);
  return {
    name,
    awsRegion,
    accountId,
    resources: statesOf(entry),
    ...(kubernetes === undefined ? {} : { kubernetes }),
  };
}

function statesOf({ changes }: Pick<RegionPlanEntry, "changes">): readonly ResourceState[] {
  return changes.map(({ step, title, action, summary }) => ({ resource: step, title, action, summary }));
}

/** Uses what the checks have read. */
function kubernetesOf({ cluster, versions }: RegionStatusContext): KubernetesState | undefined {
  const found = cluster.seen;
  if (found === undefined) return undefined;
  const offer = versions.seen?.find(({ version }) => version === found.version);
  const ends = authorityEnds(found.certificateAuthority ?? "").toSorted((one, other) => Number(one) - Number(other));
  const [first] = ends;
  return {
    version: found.version,
    ...(offer === undefined ? {} : supportFacts(offer)),
    ...(first === undefined ? {} : { authorityUntil: first.toISOString() }),
  };
}
