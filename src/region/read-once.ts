import type { Addon, AddonVersions, ClusterUpdate, Eks, EksCluster, Nodegroup } from "../aws/eks/port.ts";
import type { ClusterVersion } from "../aws/eks/versions.ts";
import type { Aws } from "../aws/port.ts";
import { readEach } from "../core/read-each.ts";
import { remembered, shared } from "../core/shared.ts";
import type { RegionWorld } from "./world.ts";

/** Returns the region for one plan: what many steps ask EKS is read once. */
export function readOnce(world: RegionWorld): RegionWorld {
  const { aws } = world;
  const eks = shared(async () => sharedReads(await aws.service("eks")));
  const service = (async (name) => (name === "eks" ? eks() : aws.service(name))) as Aws["service"];
  return { ...world, aws: { ...aws, service } };
}

/**
 * Returns EKS as it was when each of its facts was first read: what decides on versions is read once, however many ask
 * for it. A read that failed is made again. Only for a plan, which changes nothing.
 */
function sharedReads(eks: Eks): Eks {
  const clusters = remembered<EksCluster | undefined>();
  const names = remembered<readonly string[]>();
  const groups = remembered<Nodegroup | undefined>();
  const addons = remembered<Addon | undefined>();
  const addonVersions = remembered<AddonVersions>();
  const versions = remembered<readonly ClusterVersion[]>();
  const updates = remembered<readonly ClusterUpdate[]>();
  const seen: Eks = {
    ...eks,
    cluster: (name, signal) => clusters(name, () => eks.cluster(name, signal)),
    nodegroupNames: (cluster, signal) => names(`${cluster} groups`, () => eks.nodegroupNames(cluster, signal)),
    nodegroup: (cluster, name, signal) => groups(`${cluster} ${name}`, () => eks.nodegroup(cluster, name, signal)),
    nodegroups: async (cluster, signal) =>
      readEach(await seen.nodegroupNames(cluster, signal), (name) => seen.nodegroup(cluster, name, signal)),
    addonNames: (cluster, signal) => names(`${cluster} add-ons`, () => eks.addonNames(cluster, signal)),
    addon: (cluster, name, signal) => addons(`${cluster} ${name}`, () => eks.addon(cluster, name, signal)),
    addons: async (cluster, signal) =>
      readEach(await seen.addonNames(cluster, signal), (name) => seen.addon(cluster, name, signal)),
    addonVersions: (name, kubernetes, signal) =>
      addonVersions(`${name} ${kubernetes}`, () => eks.addonVersions(name, kubernetes, signal)),
    versions: (signal) => versions("", () => eks.versions(signal)),
    clusterUpdates: (cluster, signal) => updates(cluster, () => eks.clusterUpdates(cluster, signal)),
  };
  return seen;
}
