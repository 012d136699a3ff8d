import type { ClusterUpdate, VersionUpdate } from "../../aws/eks/port.ts";
import { shell } from "../../core/shell-words.ts";
import { awsFlags } from "../../core/aws-flags.ts";
import { isAuto } from "../resources/roles.ts";
import type { RegionWorld } from "../world.ts";

/** Returns the change of the version that the cluster has its version from; undefined if it was created with it. */
export function lastChange(updates: readonly ClusterUpdate[]): VersionUpdate | undefined {
  return updates.filter(isOfVersion).find(({ status }) => status === "Successful");
}

/** Returns the update that EKS is making: it makes one at a time. */
export function updateInProgress(updates: readonly ClusterUpdate[]): ClusterUpdate | undefined {
  return updates.find(({ status }) => status === "InProgress");
}

/** Returns the change of the version that EKS is making, if it is not of this kind. */
export function contraryUpdate(
  updates: readonly ClusterUpdate[],
  kind: VersionUpdate["kind"],
): VersionUpdate | undefined {
  const update = updateInProgress(updates);
  return update !== undefined && isOfVersion(update) && update.kind !== kind ? update : undefined;
}

/** Returns what EKS is doing: `EKS is rolling it back to Kubernetes 1.34 (update 5c…)`. */
export function doingOf(update: ClusterUpdate): string {
  const named = `(update ${update.id})`;
  if (update.kind === "other") return `EKS is making another change, ${update.type} ${named}`;
  const verb = update.kind === "upgrade" ? "upgrading it" : "rolling it back";
  return `EKS is ${verb} to Kubernetes ${update.version} ${named}`;
}

/**
 * Returns what can be done about an update in progress, as commands. EKS cancels a rollback only, and only while it
 * replaces nodes of Auto Mode: https://docs.aws.amazon.com/eks/latest/APIReference/API_CancelUpdate.html
 */
export function waysOutOf(update: ClusterUpdate, world: RegionWorld): readonly string[] {
  const named = `${shell`--name ${world.region.cluster} --update-id ${update.id}`} ${awsFlags(world)}`;
  const seen = `aws eks describe-update ${named}  # shows whether it has ended`;
  if (update.kind !== "rollback" || !isAuto(world)) return [seen];
  return [seen, `aws eks cancel-update ${named}  # possible until EKS has replaced the nodes of Auto Mode`];
}

function isOfVersion(update: ClusterUpdate): update is VersionUpdate {
  return update.kind !== "other";
}
