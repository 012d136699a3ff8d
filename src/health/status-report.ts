import type { Check } from "../core/check.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import type { Exit } from "../core/exit.ts";
import { runChecks, type RunChecksOptions } from "../core/run-checks.ts";
import type { HealthContext } from "./health-context.ts";
import { condition } from "./kube-objects.ts";

/** What `gennet status` answers. */
export interface StatusReport {
  readonly kind: "StatusReport";
  /** The name in gennet.yaml; absent where only contexts were looked at. */
  readonly platform?: string;
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly regions: readonly RegionGlance[];
  readonly findings: readonly Finding[];
}

/** A region in one row. What could not be read, or was not asked, is absent. */
export interface RegionGlance {
  readonly name: string;
  readonly awsRegion?: string;
  readonly context?: string;
  /** Whether the API server answered; absent where it was not asked, or did not let us in. */
  readonly reachable?: boolean;
  /** Of the Kubernetes API server: `v1.37.2`. */
  readonly version?: string;
  readonly eks?: {
    readonly status?: string;
    readonly version?: string;
    readonly nodeGroups?: { readonly active: number; readonly total: number };
  };
  readonly nodes?: { readonly ready: number; readonly total: number };
  readonly workloads?: { readonly available: number; readonly total: number };
  readonly pods?: { readonly total: number };
  /** Milliseconds. */
  readonly durationMs: number;
}

export interface ExaminedRegion {
  readonly glance: RegionGlance;
  readonly findings: readonly Finding[];
}

/** Asks all checks about one place, and takes the glance from what they read on the way. */
export async function examine(
  place: Pick<RegionGlance, "name" | "awsRegion" | "context">,
  context: HealthContext,
  checks: readonly Check<HealthContext>[],
  options: Omit<RunChecksOptions<HealthContext>, "context" | "region">,
): Promise<ExaminedRegion> {
  const startedAt = options.now();
  const findings = await runChecks(checks, { ...options, context, region: place.name });
  const glance = { ...place, ...glanceOf(context, findings), durationMs: options.now() - startedAt };
  return { glance, findings };
}

export function exitOfReport(report: StatusReport, strict: boolean): Exit {
  return exitOf(report.findings, strict);
}

function glanceOf(
  { kube, workloads, eks }: HealthContext,
  findings: readonly Finding[],
): Omit<RegionGlance, "name" | "durationMs"> {
  const api = findings.find((finding) => finding.id === "cluster/api");
  const reachable =
    api?.severity === "ok" ? true : api?.severity === "unknown" && api.obstacle !== "denied" ? false : undefined;
  const version = kube.version.seen;
  const nodes = kube.nodes.seen;
  const counts = workloads.seen;
  const pods = kube.pods.seen;
  const cluster = eks?.cluster.seen;
  const groups = eks?.nodegroups.seen;
  return {
    ...(reachable === undefined ? {} : { reachable }),
    ...(version === undefined ? {} : { version }),
    ...(cluster === undefined && groups === undefined
      ? {}
      : {
          eks: {
            ...(cluster === undefined ? {} : { status: cluster.status, version: cluster.version }),
            ...(groups === undefined
              ? {}
              : {
                  nodeGroups: {
                    active: groups.filter((group) => group.status === "ACTIVE").length,
                    total: groups.length,
                  },
                }),
          },
        }),
    ...(nodes === undefined
      ? {}
      : {
          nodes: {
            ready: nodes.filter((node) => condition(node, "Ready")?.status === "True").length,
            total: nodes.length,
          },
        }),
    ...(counts === undefined || counts.unread.length > 0
      ? {}
      : { workloads: { available: counts.available, total: counts.total } }),
    ...(pods === undefined ? {} : { pods: { total: pods.total } }),
  };
}
