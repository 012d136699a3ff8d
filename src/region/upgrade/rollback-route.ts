import { minorOf } from "../../core/kubernetes/minor-version.ts";
import type { EksCluster, Nodegroup, VersionUpdate } from "../../aws/eks/port.ts";
import type { RegionWorld } from "../world.ts";
import { type UpgradeStep } from "./upgrade-step.ts";

/** How a cluster gets back to its previous version, or why it does not. */
export type RollbackRoute =
  | {
      readonly step: UpgradeStep;
      /** Until when EKS may begin it; undefined if it has done so. */
      readonly until?: Date;
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
  { aws, region }: Pick<RegionWorld, "aws" | "region">,
  signal: AbortSignal,
): Promise<RollbackRoute> {
  const eks = await aws.service("eks");
  const [updates, groups] = await Promise.all([
    eks.versionUpdates(cluster.name, signal),
    eks.nodegroups(cluster.name, signal),
  ]);
  return rollbackRoute(cluster, updates, groups, region.name);
}

function rollbackRoute(
  { version }: EksCluster,
  updates: readonly VersionUpdate[],
  groups: readonly Nodegroup[],
  region: string,
): RollbackRoute {
  const forward = [`gennet status --region ${region}  # shows what fails with Kubernetes ${version}`];
  const last = updates.find(({ status }) => status === "Successful");
  if (last === undefined || last.version !== version) {
    return { reason: `EKS lists no upgrade to Kubernetes ${version}, so there is none to roll back`, next: forward };
  }
  // What belongs to a rollback may still be missing.
  if (last.kind === "rollback") {
    return { step: { from: `1.${minorOf(version) + 1}`, to: version, kind: "rollback" } };
  }
  const to = `1.${minorOf(version) - 1}`;
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
