import { isDeepStrictEqual } from "node:util";
import type { AutoMode, EksCluster } from "../../aws/eks/port.ts";
import { differenceOf, type Fields } from "../../core/compare-fields.ts";
import { asDesired, ready, type Readiness, type ResourceContext } from "../../core/resource.ts";
import { type RegionResource, type RegionWorld, roleName } from "../world.ts";
import { autoModePolicies } from "./auto-mode-policies.ts";
import { nameOfRole, nodePools } from "./cluster-settings.ts";
import { eksCluster } from "./eks-cluster.ts";
import { isAuto, nodeRole } from "./roles.ts";

/**
 * EKS Auto Mode of a cluster; a new cluster is created with it. It is turned on before the nodes and add-ons that it
 * replaces are removed. It is turned off after they exist again: EKS terminates its nodes at once, and deletes the load
 * balancers that it made. Outputs whether it is on.
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-disable.html
 */
export const autoMode: RegionResource<EksCluster | undefined, true> = {
  id: "auto-mode",
  title: "EKS Auto Mode",
  needs: [eksCluster, autoModePolicies, nodeRole],
  // EKS terminates its nodes, or waits for the first ones.
  patienceMs: 40 * 60_000,
  wanted: isAuto,
  async read(at) {
    // If gennet.yaml asks for it and it is to be removed, the whole cluster goes, and its nodes with it.
    const isNothing = at.removing === true && isAuto(at.world);
    if (isNothing || at.output(eksCluster) === undefined) return undefined;
    return (await at.world.aws.service("eks")).cluster(at.world.region.cluster, at.signal);
  },
  diff(cluster, { world }) {
    if (cluster === undefined) return asDesired;
    const desired = { nodes: "auto", "node role": roleName(world, "node"), "node pools": nodePools };
    return differenceOf(cluster.name, fieldsOf(cluster), desired, cluster.auto === undefined ? [] : ["node role"]);
  },
  apply: (cluster, at) => turn({ nodeRoleArn: at.required(nodeRole), nodePools }, cluster, at),
  ready: (cluster) => (cluster?.auto === undefined ? waitingFor(cluster) : settled(cluster)),
  output: (cluster) => (cluster?.auto === undefined ? undefined : true),
  removal: {
    diff(cluster) {
      if (cluster?.auto === undefined) return asDesired;
      const target = `Auto Mode of ${cluster.name}, with its nodes and the load balancers that it made`;
      return { operations: [{ verb: "delete", target }] };
    },
    apply: (cluster, at) => turn(undefined, cluster, at),
    gone: (cluster) =>
      cluster?.auto === undefined ? ready : { state: "waiting", detail: `the cluster is ${cluster.status}` },
  },
};

/** Turns it on with these settings, or off. What an earlier run began may be that already: EKS rejects it twice. */
async function turn(
  auto: AutoMode | undefined,
  seen: EksCluster | undefined,
  { world, signal }: ResourceContext<RegionWorld>,
): Promise<void> {
  const eks = await world.aws.service("eks");
  const { cluster: name } = world.region;
  if (seen?.status !== "ACTIVE") await eks.settled(name, undefined, signal);
  const cluster = seen?.status === "ACTIVE" ? seen : await eks.cluster(name, signal);
  if (isDeepStrictEqual(cluster?.auto, auto)) return;
  await eks.updateCluster(name, { change: "auto mode", auto }, signal);
}

function fieldsOf({ auto }: EksCluster): Fields {
  if (auto === undefined) return { nodes: "managed" };
  return { nodes: "auto", "node role": nameOfRole(auto.nodeRoleArn), "node pools": auto.nodePools };
}

function settled(cluster: EksCluster): Readiness {
  return cluster.status === "ACTIVE" ? ready : waitingFor(cluster);
}

function waitingFor(cluster: EksCluster | undefined): Readiness {
  return { state: "waiting", detail: cluster?.status ?? "not visible yet" };
}
