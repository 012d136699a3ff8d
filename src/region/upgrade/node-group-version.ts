import { minorOf } from "../../core/kubernetes/minor-version.ts";
import type { Nodegroup } from "../../aws/eks/port.ts";
import { AppError } from "../../core/error.ts";
import { type AnyResource, asDesired, ready, update } from "../../core/resource.ts";
import { clusterArn } from "../../core/arn.ts";
import { shell } from "../../core/shell-words.ts";
import { nodeGroup, nodeGroupName } from "../resources/node-group.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { upgradeCommand } from "./upgrade-step.ts";

/**
 * The managed node group in the version of the control plane: EKS replaces one node after the other. `from` is the
 * version that earlier steps leave. Outputs the version, also if there is no node group.
 */
export function nodeGroupVersion(
  { from, to }: { readonly from: string | undefined; readonly to: string },
  needs: readonly AnyResource<RegionWorld>[],
): RegionResource<Nodegroup | undefined, string> {
  const isLevel = (group: Nodegroup | undefined): boolean =>
    group?.version === undefined || minorOf(group.version) >= minorOf(to);
  const resource: RegionResource<Nodegroup | undefined, string> = {
    id: `node-group-${to}`,
    title: `Node group for ${to}`,
    needs,
    patienceMs: 60 * 60_000,
    async read({ world, signal }) {
      return (await world.aws.service("eks")).nodegroup(world.region.cluster, nodeGroupName, signal);
    },
    diff(group) {
      if (group === undefined || isLevel(group)) return asDesired;
      const target = `node group ${nodeGroupName} for ${to}`;
      return { operations: [update(target, "Kubernetes", to, from ?? group.version)] };
    },
    async apply(seen, at) {
      const { world, signal } = at;
      const eks = await world.aws.service("eks");
      const { cluster } = world.region;
      // What an earlier run began may be all that is missing.
      const isBusy = seen?.status === "UPDATING" || seen?.status === "CREATING";
      if (isBusy) await eks.settled(cluster, { nodegroup: nodeGroupName }, signal);
      const group = isBusy ? await resource.read(at) : seen;
      if (group === undefined || isLevel(group)) return;
      try {
        await eks.rollNodegroup(cluster, { name: group.name, version: to }, group.template, signal);
      } catch (error) {
        throw isEviction(error) ? evictionFailed(error, world.region) : error;
      }
    },
    ready: (group) => (group === undefined ? ready : nodeGroup.ready(group)),
    output: (group) => (isLevel(group) ? to : undefined),
  };
  return resource;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html */
function isEviction(error: unknown): error is AppError {
  return error instanceof AppError && error.message.includes("PodEvictionFailure");
}

function evictionFailed(error: AppError, region: RegionWorld["region"]): AppError {
  const budgets = shell`kubectl --context ${region.context ?? clusterArn(region)} get poddisruptionbudgets --all-namespaces`;
  return new AppError("STEP_FAILED", `${error.message}\nA pod could not be evicted from its node within 15 minutes.`, {
    cause: error,
    next: [
      `${budgets}  # one that allows no disruptions holds its pods`,
      `${upgradeCommand(region.name)}  # continues with the node group`,
    ],
  });
}
