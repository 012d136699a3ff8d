import { dayOf } from "../../core/day.ts";
import { minorBy, minorOf } from "../../core/kubernetes/minor-version.ts";
import type { ClusterUpdate, EksCluster, Nodegroup } from "../../aws/eks/port.ts";
import type { RegionWorld } from "../world.ts";
import { contraryUpdate, doingOf, lastChange, updateInProgress, waysOutOf } from "./cluster-updates.ts";
import type { UpgradeStep } from "./upgrade-step.ts";

/** How a cluster gets back to its previous version, or why it does not. */
export type RollbackRoute =
  /** It has begun. */
  | { readonly step: UpgradeStep }
  | {
      readonly step: UpgradeStep;
      /** Until when EKS may begin it. */
      readonly until: Date;
    }
  | { readonly reason: string; readonly next: readonly string[] };

/**
 * EKS counts from the end of the upgrade, which it does not report.
 * https://docs.aws.amazon.com/eks/latest/userguide/rollback-cluster.html
 */
const windowMs = 7 * 24 * 60 * 60_000;

/** Reads how the cluster of a region gets back to its previous version. */
export async function readRollbackRoute(
  cluster: EksCluster,
  world: RegionWorld,
  signal: AbortSignal,
): Promise<RollbackRoute> {
  const eks = await world.aws.service("eks");
  const [updates, groups] = await Promise.all([
    eks.clusterUpdates(cluster.name, signal),
    eks.nodegroups(cluster.name, signal),
  ]);
  const contrary = contraryUpdate(updates, "rollback");
  if (contrary !== undefined) return { reason: doingOf(contrary), next: waysOutOf(contrary, world) };
  const route = rollbackRoute(cluster, updates, groups, world.region.name);
  if (!("until" in route) || world.now === undefined || Number(route.until) > world.now()) return route;
  const reason = `EKS rolls back an upgrade for seven days, and these ended on ${dayOf(route.until)}`;
  return { reason, next: forwardFrom(cluster.version, world.region.name) };
}

function rollbackRoute(
  { version }: EksCluster,
  updates: readonly ClusterUpdate[],
  groups: readonly Nodegroup[],
  region: string,
): RollbackRoute {
  const forward = forwardFrom(version, region);
  const begun = updateInProgress(updates);
  if (begun?.kind === "rollback") {
    const to = begun.version;
    return { step: { from: minorBy(to, 1), to, kind: "rollback" } };
  }
  const last = lastChange(updates);
  if (last === undefined || last.version !== version) {
    return { reason: `EKS lists no upgrade to Kubernetes ${version}, so there is none to roll back`, next: forward };
  }
  // What belongs to a rollback may still be missing.
  if (last.kind === "rollback") {
    return { step: { from: minorBy(version, 1), to: version, kind: "rollback" } };
  }
  const to = minorBy(version, -1);
  const ahead = groups.find((group) => minorOf(group.version ?? version) > minorOf(to));
  if (ahead === undefined) {
    return { step: { from: version, to, kind: "rollback" }, until: new Date(Number(last.begunAt) + windowMs) };
  }
  return {
    reason: `node group ${ahead.name} has Kubernetes ${version} already, and EKS rolls back no nodes`,
    next: [
      `Replace node group ${ahead.name} by one with Kubernetes ${to}, or fix what fails with Kubernetes ${version}.`,
      ...forward,
    ],
  };
}

function forwardFrom(version: string, region: string): readonly string[] {
  return [`gennet status --region ${region}  # shows what fails with Kubernetes ${version}`];
}
