import type { AutoMode, ClusterChange, EksCluster, NewCluster } from "../../aws/eks/port.ts";
import type { Fields } from "../../core/compare-fields.ts";
import type { ResourceContext } from "../../core/resource.ts";
import { canonical } from "../cidr.ts";
import { type RegionWorld, roleName } from "../world.ts";
import { keyName, kmsKey } from "./kms-key.ts";
import { clusterRole, isAuto, nodeRole } from "./roles.ts";
import { lastingSubnets, subnetName, type Subnets } from "./subnet-names.ts";
import { subnets } from "./subnets.ts";

type At = ResourceContext<RegionWorld>;

const authenticationMode = "API";

/**
 * Returns the mode in which access entries count. A cluster that has the users and nodes of aws-auth keeps them: leaving
 * aws-auth cannot be undone. https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html
 */
function accessFor(cluster: EksCluster | undefined): string {
  const isOld = cluster !== undefined && cluster.authenticationMode !== authenticationMode;
  return isOld ? "API_AND_CONFIG_MAP" : authenticationMode;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html */
const nodePools: readonly string[] = ["general-purpose", "system"];

/** Returns what a plan compares of a cluster. Without a context, only what needs no other resource. */
export function settingsOf(cluster: EksCluster, at?: At): Fields {
  const { encryptionKeyArn: key } = cluster;
  const isOwnKey = at !== undefined && key === at.output(kmsKey);
  return {
    Kubernetes: cluster.version,
    role: nameOfRole(cluster.roleArn),
    access: cluster.authenticationMode,
    endpoint: endpointsOf(cluster),
    "public ranges": cluster.publicCidrs,
    ...(at === undefined ? {} : { subnets: namesOf(cluster.subnetIds, at) }),
    ...(key === undefined ? {} : { "encryption key": isOwnKey ? keyName(at.world) : key }),
    support: cluster.supportType.toLowerCase(),
    logs: cluster.logging,
    "zonal shift": cluster.zonalShift,
    "deletion protection": cluster.deletionProtection,
  };
}

/** Returns what a plan wants of a cluster. */
export function desiredSettings(version: string, at: At, cluster: EksCluster | undefined): Fields {
  const { world } = at;
  const { kubernetes } = world.region;
  const { endpoint } = kubernetes;
  const access = { publicAccess: endpoint.public, privateAccess: endpoint.private };
  // Only a cluster with a subnet that is not private is changed: one that was added to the region is not needed.
  const own = at.output(subnets);
  const known = own && clusterSubnets(cluster, own);
  const isStray = cluster?.subnetIds.some((id) => known?.every((subnet) => subnet.id !== id) === true);
  return {
    Kubernetes: version,
    role: roleName(world, "cluster"),
    access: accessFor(cluster),
    endpoint: endpointsOf(access),
    ...(endpoint.public ? { "public ranges": endpoint.cidrs.map(canonical) } : {}),
    ...(isStray === true && known !== undefined ? { subnets: known.map(({ name }) => name) } : {}),
    "encryption key": keyName(world),
    support: kubernetes.support,
    logs: kubernetes.logs,
    "zonal shift": kubernetes.zonalShift,
    // Of a cluster that exists, they are changed by other resources, in their order.
    ...(cluster === undefined ? computeSettings(world) : {}),
    "deletion protection": kubernetes.deletionProtection,
  };
}

/** Returns the settings that EKS does not change; a key can be given to a cluster that has none. */
export function immutableSettings(cluster: EksCluster | undefined): readonly string[] {
  return ["role", ...(cluster?.encryptionKeyArn === undefined ? [] : ["encryption key"])];
}

export function desiredCluster(version: string, at: At): Omit<NewCluster, "tags"> {
  const { region } = at.world;
  const { endpoint, support, logs, zonalShift, deletionProtection } = region.kubernetes;
  return {
    name: region.cluster,
    version,
    roleArn: at.required(clusterRole),
    subnetIds: clusterSubnets(undefined, at.required(subnets)).map(({ id }) => id),
    publicAccess: endpoint.public,
    privateAccess: endpoint.private,
    publicCidrs: endpoint.cidrs.map(canonical),
    authenticationMode,
    logging: logs,
    supportType: support.toUpperCase(),
    deletionProtection,
    zonalShift,
    encryptionKeyArn: at.required(kmsKey),
    ...(isAuto(at.world) ? { auto: autoSettings(at) } : {}),
  };
}

/** Returns the updates that change these settings, in the order in which EKS has to make them. */
export function changesOf(settings: readonly string[], cluster: EksCluster, at: At): readonly ClusterChange[] {
  const wanted = desiredCluster(cluster.version, at);
  const is = (...names: readonly string[]): boolean => settings.some((name) => names.includes(name));
  const changes: readonly (ClusterChange | false)[] = [
    is("access") && { change: "access", mode: accessFor(cluster) },
    is("subnets") && { change: "subnets", ids: clusterSubnets(cluster, at.required(subnets)).map(({ id }) => id) },
    is("endpoint", "public ranges") && { change: "endpoint", ...wanted },
    is("encryption key") && { change: "encryption", keyArn: at.required(kmsKey) },
    is("support") && { change: "support", type: wanted.supportType },
    is("logs") && { change: "logging", types: wanted.logging },
    is("zonal shift") && { change: "zonal shift", on: wanted.zonalShift },
    is("deletion protection") && { change: "deletion protection", on: wanted.deletionProtection },
  ];
  return changes.filter((change) => change !== false);
}

/**
 * Returns the subnets in which a cluster should be: all private ones, or, if it leaves former ones, those that it keeps.
 * EKS adds no zone to a cluster: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
 */
function clusterSubnets(cluster: EksCluster | undefined, known: Subnets): Subnets["subnets"] {
  if (cluster === undefined) return lastingSubnets(known);
  const all = known.subnets.filter(isPrivate);
  const kept = all.filter(({ id }) => cluster.subnetIds.includes(id));
  return known.former !== undefined && kept.length > 1 ? kept : all;
}

/** Returns who chooses the nodes, as a plan shows it. */
export function computeSettings(world: RegionWorld): Fields {
  const { mode } = world.region.nodes;
  return mode === "auto"
    ? { nodes: mode, "node role": roleName(world, "node"), "node pools": nodePools }
    : { nodes: mode };
}

/** Returns what EKS Auto Mode is turned on with. */
export function autoSettings(at: At): AutoMode {
  return { nodeRoleArn: at.required(nodeRole), nodePools };
}

/**
 * Public subnets are for load balancers, which find them by their tags. Auto Mode puts nodes in the subnets that the
 * cluster has when it is turned on: its NodeClass is made from them, is not to be edited, and does not follow them.
 * https://docs.aws.amazon.com/eks/latest/userguide/automode.html, https://github.com/aws/containers-roadmap/issues/2793
 */
function isPrivate({ kind }: Subnets["subnets"][number]): boolean {
  return kind === "private";
}

function endpointsOf(access: Pick<EksCluster, "publicAccess" | "privateAccess">): readonly string[] {
  return [...(access.publicAccess ? ["public"] : []), ...(access.privateAccess ? ["private"] : [])];
}

function namesOf(ids: readonly string[], at: At): readonly string[] {
  return ids.map((id) => subnetName(id, at.output(subnets)));
}

/** Returns the name in the ARN of a role. */
export function nameOfRole(arn: string): string {
  return arn.split("/").at(-1) ?? arn;
}
