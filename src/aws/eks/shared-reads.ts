import { remembered } from "../../core/shared.ts";
import { eachNamed } from "./each-named.ts";
import type { Addon, AddonVersions, Eks, EksCluster, Nodegroup, VersionUpdate } from "./port.ts";
import type { ClusterVersion } from "./versions.ts";

/**
 * Returns EKS as it was when each of its facts was first read: what decides on versions is read once, however many ask
 * for it. A read that failed is made again. Only for a plan, which changes nothing.
 */
export function sharedReads(eks: Eks): Eks {
  const clusters = remembered<EksCluster | undefined>();
  const names = remembered<readonly string[]>();
  const groups = remembered<Nodegroup | undefined>();
  const addons = remembered<Addon | undefined>();
  const addonVersions = remembered<AddonVersions>();
  const versions = remembered<readonly ClusterVersion[]>();
  const updates = remembered<readonly VersionUpdate[]>();
  const seen: Eks = {
    ...eks,
    cluster: (name, signal) => clusters(name, () => eks.cluster(name, signal)),
    nodegroupNames: (cluster, signal) => names(`${cluster} groups`, () => eks.nodegroupNames(cluster, signal)),
    nodegroup: (cluster, name, signal) => groups(`${cluster} ${name}`, () => eks.nodegroup(cluster, name, signal)),
    nodegroups: async (cluster, signal) =>
      eachNamed(await seen.nodegroupNames(cluster, signal), (name) => seen.nodegroup(cluster, name, signal)),
    addonNames: (cluster, signal) => names(`${cluster} add-ons`, () => eks.addonNames(cluster, signal)),
    addon: (cluster, name, signal) => addons(`${cluster} ${name}`, () => eks.addon(cluster, name, signal)),
    addons: async (cluster, signal) =>
      eachNamed(await seen.addonNames(cluster, signal), (name) => seen.addon(cluster, name, signal)),
    addonVersions: (name, kubernetes, signal) =>
      addonVersions(`${name} ${kubernetes}`, () => eks.addonVersions(name, kubernetes, signal)),
    versions: (signal) => versions("", () => eks.versions(signal)),
    versionUpdates: (cluster, signal) => updates(cluster, () => eks.versionUpdates(cluster, signal)),
  };
  return seen;
}
