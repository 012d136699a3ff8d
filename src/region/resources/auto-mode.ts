import { isDeepStrictEqual } from "node:util";
import type { AutoMode } from "../../aws/eks/port.ts";
import { differenceOf, type Fields } from "../../core/compare-fields.ts";
import { asDesired, creation, ready, type Readiness, type ResourceContext } from "../../core/resource.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { autoModePolicies } from "./auto-mode-policies.ts";
import { autoSettings, computeSettings, nameOfRole } from "./cluster-settings.ts";
import { eksCluster } from "./eks-cluster.ts";
import { isAuto, nodeRole } from "./roles.ts";

interface Actual {
  readonly auto: AutoMode | undefined;
  /** Whether the cluster is not being changed. */
  readonly isIdle: boolean;
}

/**
 * EKS Auto Mode of a cluster; a new cluster is created with it. It is turned on before the nodes and add-ons that it
 * replaces are removed. It is turned off after they exist again: EKS terminates its nodes at once, and deletes the load
 * balancers that it made. Outputs whether it is on.
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-disable.html
 */
export const autoMode: RegionResource<Actual | undefined, true> = {
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
    return actualOf(at);
  },
  diff(actual, { world }) {
    const desired = computeSettings(world);
    const { cluster } = world.region;
    // A new cluster is created with it.
    if (actual === undefined) return { operations: [creation(`Auto Mode of ${cluster}`, desired)] };
    return differenceOf(cluster, fieldsOf(actual), desired, actual.auto === undefined ? [] : ["node role"]);
  },
  apply: (actual, at) => turn(autoSettings(at), actual, at),
  ready: (actual) => (actual?.auto !== undefined && actual.isIdle ? ready : changing),
  output: (actual) => (actual?.auto === undefined ? undefined : true),
  removal: {
    diff(actual, { world }) {
      if (actual?.auto === undefined) return asDesired;
      const target = `Auto Mode of ${world.region.cluster}, with its nodes and the load balancers that it made`;
      return { operations: [{ verb: "delete", target }] };
    },
    apply: (actual, at) => turn(undefined, actual, at),
    gone: (actual) => (actual?.auto === undefined ? ready : changing),
  },
};

const changing: Readiness = { state: "waiting", detail: "the cluster is being updated" };

async function actualOf({ world, signal }: ResourceContext<RegionWorld>): Promise<Actual | undefined> {
  const cluster = await (await world.aws.service("eks")).cluster(world.region.cluster, signal);
  return cluster && { auto: cluster.auto, isIdle: cluster.status === "ACTIVE" };
}

/** Turns it on with these settings, or off. What an earlier run began may be that already: EKS rejects it twice. */
async function turn(
  auto: AutoMode | undefined,
  seen: Actual | undefined,
  at: ResourceContext<RegionWorld>,
): Promise<void> {
  const { world, signal } = at;
  const eks = await world.aws.service("eks");
  const { cluster } = world.region;
  if (seen?.isIdle !== true) {
    await eks.settled(cluster, undefined, signal);
    if (isDeepStrictEqual((await actualOf(at))?.auto, auto)) return;
  }
  await eks.updateCluster(cluster, { change: "auto mode", auto }, signal);
}

function fieldsOf({ auto }: Actual): Fields {
  if (auto === undefined) return { nodes: "managed" };
  return { nodes: "auto", "node role": nameOfRole(auto.nodeRoleArn), "node pools": auto.nodePools };
}
