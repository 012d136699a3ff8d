import type { Finding } from "../core/finding.ts";
import type { EksReads } from "./eks-reads.ts";
import type { Examined, PlaceName } from "./examine.ts";
import { hasCondition } from "../core/kubernetes/object.ts";

/** A region in one row. What could not be read, or was skipped, is absent. */
export interface RegionGlance extends PlaceName {
  /** Whether the API server answered; absent if it was not asked, or denied access. */
  readonly reachable?: boolean | undefined;
  /** The version of the Kubernetes API server: `v1.37.2`. */
  readonly version?: string | undefined;
  readonly eks?:
    | {
        readonly status?: string | undefined;
        readonly version?: string | undefined;
        readonly nodeGroups?: { readonly active: number; readonly total: number } | undefined;
      }
    | undefined;
  readonly nodes?: { readonly ready: number; readonly total: number } | undefined;
  readonly workloads?: { readonly available: number; readonly total: number } | undefined;
  readonly pods?: { readonly total: number } | undefined;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** Returns the row of a region. It takes no extra requests: it uses what the checks have read. */
export function glanceOf({ place, health, findings, durationMs }: Examined): RegionGlance {
  const { kube, workloads, eks } = health;
  const nodes = kube.nodes.seen;
  const counts = workloads.seen;
  const pods = kube.pods.seen;
  return {
    ...place,
    reachable: isReachable(findings),
    version: kube.version.seen,
    eks: eks && eksGlance(eks),
    nodes: nodes && { ready: nodes.filter((node) => hasCondition(node, "Ready")).length, total: nodes.length },
    // If a kind could not be read, the numbers would be wrong.
    workloads: counts?.unread.length === 0 ? { available: counts.available, total: counts.total } : undefined,
    pods: pods && { total: pods.total },
    durationMs,
  };
}

export function isReachable(findings: readonly Finding[]): boolean | undefined {
  const api = findings.find((finding) => finding.id === "cluster/api");
  if (api?.severity === "ok") return true;
  const isAsked = api?.obstacle !== "denied" && api?.obstacle !== "misconfigured";
  return api?.severity === "unknown" && isAsked ? false : undefined;
}

function eksGlance({ cluster, nodegroups }: EksReads): RegionGlance["eks"] {
  const groups = nodegroups.seen;
  const active = groups?.filter((group) => group.status === "ACTIVE").length ?? 0;
  if (cluster.seen === undefined) {
    // A cluster that does not exist has no node groups to count.
    return groups === undefined || groups.length === 0 ? undefined : { nodeGroups: { active, total: groups.length } };
  }
  const { status, version } = cluster.seen;
  return { status, version, nodeGroups: groups && { active, total: groups.length } };
}
