import { minorOf } from "../../core/kubernetes/minor-version.ts";
import type { EksCluster } from "../../aws/eks/port.ts";
import { mapBounded } from "../../core/bounded.ts";
import { dayOf } from "../../core/day.ts";
import { asDesired, blocked, type Difference, ready, type ResourceContext } from "../../core/resource.ts";
import { together } from "../differences.ts";
import { kubernetesVersion } from "../kubernetes-version.ts";
import { eksCluster } from "../resources/eks-cluster.ts";
import { nodeGroup } from "../resources/node-group.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { ownAddons } from "./addon-version.ts";
import { whyNotOffered } from "../offered-versions.ts";
import { contraryUpdate, doingOf, waysOutOf } from "./cluster-updates.ts";
import { readRollbackRoute } from "./rollback-route.ts";
import { routeResources, type UpgradeRoute } from "./upgrade-route.ts";
import { defaultBakeMs, rollbackCommand, upgradeCommand } from "./upgrade-step.ts";

type At = ResourceContext<RegionWorld>;

const readsAtOnce = 4;

/**
 * The Kubernetes version of the cluster, its nodes and its add-ons. A plan shows what an upgrade or a rollback would do;
 * only `gennet region upgrade` and `rollback` do it.
 */
export const clusterVersion: RegionResource<Difference, true> = {
  id: "kubernetes",
  title: "Kubernetes version",
  needs: [eksCluster, nodeGroup, ...ownAddons],
  async read(at) {
    const cluster = at.output(eksCluster);
    // A cluster that is created now gets the right version.
    if (cluster === undefined || at.removing === true) return asDesired;
    const wanted = kubernetesVersion(at.world.region) ?? cluster.version;
    if (minorOf(wanted) < minorOf(cluster.version)) return backTo(wanted, cluster, at);
    return wanted === cluster.version && isLevel(cluster, at) ? asDesired : forwardTo(wanted, cluster, at);
  },
  diff: (difference) => difference,
  async apply() {
    throw new Error("bootstrap changes no version");
  },
  ready: () => ready,
  output: () => true,
};

/** Whether nodes and add-ons fit the control plane. */
function isLevel({ version }: EksCluster, at: At): boolean {
  const nodes = at.output(nodeGroup) ?? "";
  return (nodes === "" || nodes === version) && ownAddons.every((addon) => at.output(addon)?.fits !== false);
}

async function forwardTo(wanted: string, { version }: EksCluster, at: At): Promise<Difference> {
  const why =
    wanted === version
      ? `its nodes or add-ons are behind the control plane, which runs Kubernetes ${version}`
      : `it runs Kubernetes ${version}, but gennet.yaml specifies ${wanted}`;
  const updates = await (await at.world.aws.service("eks")).clusterUpdates(at.world.region.cluster, at.signal);
  const contrary = contraryUpdate(updates, "upgrade");
  if (contrary !== undefined) return blocked(`${why}; ${doingOf(contrary)}`, [], waysOutOf(contrary, at.world));
  const unavailable = wanted === version ? undefined : await whyNotOffered(wanted, at.world, at.signal);
  if (unavailable !== undefined) return blocked(`${why}; ${unavailable}`);
  const { operations, obstacle } = await operationsOn({ from: version, to: wanted, kind: "upgrade" }, at);
  if (operations.length === 0) return asDesired;
  const reason = obstacle === undefined ? `${why}: bootstrap does not upgrade` : `${why}; ${obstacle.reason}`;
  return blocked(reason, operations, [upgradeCommand(at.world.region.name)]);
}

async function backTo(wanted: string, cluster: EksCluster, at: At): Promise<Difference> {
  const { name } = at.world.region;
  const why = `it runs Kubernetes ${cluster.version}, but gennet.yaml specifies ${wanted}`;
  const found = await readRollbackRoute(cluster, at.world, at.signal);
  if ("reason" in found) return blocked(`${why}: ${found.reason}`);
  const { step } = found;
  if (step.to !== wanted) return blocked(`${why}: EKS rolls back one minor version at most`);
  const { operations } = await operationsOn(step, at);
  const how = "until" in found ? `EKS can roll it back until ${dayOf(found.until)}` : "EKS is rolling it back";
  return blocked(`${why}: ${how}`, operations, [rollbackCommand(name)]);
}

async function operationsOn(route: UpgradeRoute, at: At): Promise<Difference> {
  const resources = routeResources(route, { bakeMs: defaultBakeMs });
  // None of them is done yet.
  const own = { ...at, output: () => undefined };
  const parts = await mapBounded(resources, readsAtOnce, async (resource) => {
    const actual = await resource.read(own);
    return [resource.title, resource.diff(actual, own)] as const;
  });
  return together(parts);
}
