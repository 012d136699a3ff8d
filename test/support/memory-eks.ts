import type { Addon, Eks, EksCluster, Nodegroup, Scaling } from "../../src/aws/eks/port.ts";
import type { ClusterVersion } from "../../src/aws/eks/versions.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { Made } from "./memory-ec2.ts";
import type { MemoryRoles } from "./memory-iam.ts";

const logTypes = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
const kubernetesVersions = ["1.31", "1.32", "1.33", "1.34", "1.35"];
const addonNames = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns"];

/** The oldest version is in extended support. https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html */
function versionOffer(version: string, at: number): ClusterVersion {
  return {
    version,
    isDefault: version === "1.34",
    support: at === 0 ? "EXTENDED_SUPPORT" : "STANDARD_SUPPORT",
    standardUntil: new Date(Date.UTC(2026, 4 * at, 1)),
    extendedUntil: new Date(Date.UTC(2027, 4 * at, 1)),
  };
}

/** The resources of EKS by name. */
export interface MemoryClusters {
  readonly clusters: Map<string, EksCluster>;
  readonly nodegroups: Map<string, Nodegroup>;
}

/**
 * In-memory EKS, as its API reference describes it: https://docs.aws.amazon.com/eks/latest/APIReference. Rejects changes
 * of a resource that is being created or updated.
 */
export function memoryEks(
  target: AwsTarget,
  { clusters, nodegroups }: MemoryClusters,
  things: readonly Made[],
  { roles, trusted }: MemoryRoles,
  { change, begin, isReady, isSettled }: AwsChanges,
): Eks {
  const addons = new Map<string, Addon>();
  const entries = new Map<string, Set<string>>();
  /** The requests that created clusters and node groups. */
  const requests = new Map<string, string>();
  const updating = new Set<string>();

  /** Returns a cluster. Rejects the call if it is not ready. */
  const active = (action: string, name: string): EksCluster => {
    const cluster = clusters.get(name);
    if (cluster === undefined)
      return refuse(action, "ResourceNotFoundException", `No cluster found for name: ${name}.`);
    const ready = cluster.status === "ACTIVE" && (updating.has(cluster.arn) || isSettled(cluster.arn));
    demand(ready, action, "InvalidRequestException", `Cluster '${name}' is not in ACTIVE status`);
    return cluster;
  };
  const demandRole = (action: string, arn: string, service: string): void => {
    const role = [...roles.values()].find((each) => each.arn === arn);
    const assumable = role !== undefined && trusted.get(role.name) === service;
    const why = `Role with arn: ${arn}, could not be assumed because it does not exist or the trusted entity is not correct`;
    demand(assumable, action, "InvalidParameterException", why);
  };
  const demandSubnets = (action: string, ids: readonly string[]): readonly Made[] =>
    ids.map(
      (id) =>
        things.find((thing) => thing.kind === "subnet" && thing.id === id) ??
        refuse(action, "InvalidParameterException", `The subnet ID '${id}' does not exist`),
    );
  const demandScaling = (action: string, { min, desired, max }: Scaling): void => {
    const fits = min >= 0 && max >= 1 && min <= desired && desired <= max;
    demand(
      fits,
      action,
      "InvalidParameterException",
      `Minimum ${min}, desired ${desired} and maximum ${max} do not fit`,
    );
  };
  const demandLogTypes = (action: string, types: readonly string[]): void => {
    const bad = types.find((type) => !logTypes.includes(type));
    demand(bad === undefined, action, "InvalidParameterException", `${bad} is no type of log`);
  };

  const eks: Eks = {
    defaultVersion: async () => "1.34",
    versions: async () => kubernetesVersions.map((version, at) => versionOffer(version, at)),
    cluster: async (name) => {
      const cluster = clusters.get(name);
      if (cluster === undefined || isReady(cluster.arn)) {
        if (cluster !== undefined) updating.delete(cluster.arn);
        return cluster;
      }
      if (updating.has(cluster.arn)) return { ...cluster, status: "UPDATING" };
      const { endpoint: _, certificateAuthority: __, ...creating } = cluster;
      return { ...creating, status: "CREATING" };
    },
    createCluster: (cluster) =>
      change(() => {
        const action = "EKS CreateCluster";
        const { name, version } = cluster;
        const before = clusters.get(name);
        // The adapter's client token is the same for the same request.
        if (before !== undefined && requests.get(before.arn) === JSON.stringify(cluster)) return before;
        demand(before === undefined, action, "ResourceInUseException", `Cluster already exists with name: ${name}`);
        const named = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/.test(name);
        demand(named, action, "InvalidParameterException", `The name '${name}' is invalid`);
        const offered = kubernetesVersions.includes(version);
        demand(offered, action, "InvalidParameterException", `unsupported Kubernetes version ${version}`);
        demandRole(action, cluster.roleArn, "eks.amazonaws.com");
        demandLogTypes(action, cluster.logging);
        demandTags(action, cluster.tags);
        const subnets = demandSubnets(action, cluster.subnetIds);
        const spread = new Set(subnets.map(({ facts }) => facts["zone"])).size >= 2;
        const spreadError = "Subnets specified must be in at least two different AZs";
        demand(spread, action, "InvalidParameterException", spreadError);
        const made: EksCluster = {
          ...cluster,
          arn: `arn:aws:eks:${target.awsRegion}:${target.accountId}:cluster/${name}`,
          status: "ACTIVE",
          endpoint: "https://api.example",
          certificateAuthority: "Y2E=",
          vpcId: String(subnets[0]?.facts["vpcId"]),
          publicAccess: true,
          privateAccess: true,
          issues: [],
        };
        clusters.set(name, made);
        requests.set(made.arn, JSON.stringify(cluster));
        begin(made.arn);
        return made;
      }),
    enableLogging: (name, logging) =>
      change(() => {
        const action = "EKS UpdateClusterConfig";
        const cluster = active(action, name);
        demand(!updating.has(cluster.arn), action, "ResourceInUseException", `${name} has an update in progress`);
        demandLogTypes(action, logging);
        const changes = logging.some((type) => !cluster.logging.includes(type));
        demand(changes, action, "InvalidParameterException", "No changes needed for the logging config provided");
        clusters.set(name, { ...cluster, logging: [...new Set([...cluster.logging, ...logging])] });
        updating.add(cluster.arn);
        begin(cluster.arn);
      }),
    nodegroups: async (cluster) => (clusters.has(cluster) ? [...nodegroups.values()] : []),
    nodegroup: async (cluster, name) => {
      const group = clusters.has(cluster) ? nodegroups.get(name) : undefined;
      const id = `nodegroup ${name}`;
      if (group === undefined) return undefined;
      if (!isReady(id)) return { ...group, status: updating.has(id) ? "UPDATING" : "CREATING" };
      updating.delete(id);
      return group;
    },
    createNodegroup: (nodegroup) =>
      change(() => {
        const action = "EKS CreateNodegroup";
        const { cluster, name, instanceType, scaling, subnetIds } = nodegroup;
        const id = `nodegroup ${name}`;
        const before = nodegroups.get(name);
        if (before !== undefined && requests.get(id) === JSON.stringify(nodegroup)) return before;
        active(action, cluster);
        const taken = `NodeGroup already exists with name ${name} and cluster name ${cluster}`;
        demand(before === undefined, action, "ResourceInUseException", taken);
        const named = /^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$/.test(name);
        demand(named, action, "InvalidParameterException", `The name '${name}' is invalid`);
        demandRole(action, nodegroup.roleArn, "ec2.amazonaws.com");
        demandScaling(action, scaling);
        demandTags(action, nodegroup.tags);
        const subnets = demandSubnets(action, subnetIds);
        demand(subnets.length > 0, action, "InvalidParameterException", "Subnets are required");
        const made = { name, status: "ACTIVE", instanceTypes: [instanceType], scaling, subnetIds, issues: [] };
        nodegroups.set(name, made);
        requests.set(id, JSON.stringify(nodegroup));
        begin(id);
        return made;
      }),
    scaleNodegroup: (cluster, name, scaling) =>
      change(() => {
        const action = "EKS UpdateNodegroupConfig";
        const group = clusters.has(cluster) ? nodegroups.get(name) : undefined;
        const id = `nodegroup ${name}`;
        if (group === undefined) refuse(action, "ResourceNotFoundException", `No node group found for name: ${name}.`);
        const free = group.status === "ACTIVE" && isSettled(id);
        demand(free, action, "ResourceInUseException", `Nodegroup ${name} is being created or updated`);
        demandScaling(action, scaling);
        nodegroups.set(name, { ...group, scaling });
        updating.add(id);
        begin(id);
      }),
    addon: async (cluster, name) => {
      const addon = clusters.has(cluster) ? addons.get(name) : undefined;
      return addon && (isReady(`addon ${name}`) ? addon : { ...addon, status: "CREATING" });
    },
    createAddon: (cluster, name, tags) =>
      change(() => {
        const action = "EKS CreateAddon";
        active(action, cluster);
        demand(!addons.has(name), action, "ResourceInUseException", "Addon already exists.");
        const offered = addonNames.includes(name);
        demand(offered, action, "InvalidParameterException", `Addon ${name} specified is not supported`);
        demandTags(action, tags);
        const made = { name, status: "ACTIVE", issues: [] };
        addons.set(name, made);
        begin(`addon ${name}`);
        return made;
      }),
    accessEntry: async (cluster, principalArn) => {
      const policies = clusters.has(cluster) ? entries.get(principalArn) : undefined;
      return policies === undefined ? undefined : { principalArn, clusterPolicies: [...policies] };
    },
    createAccessEntry: (name, principalArn, tags) =>
      change(() => {
        const action = "EKS CreateAccessEntry";
        const { authenticationMode } = active(action, name);
        const mode = `The cluster's authentication mode is ${authenticationMode}`;
        demand(authenticationMode !== "CONFIG_MAP", action, "InvalidRequestException", mode);
        const inUse = "The specified access entry resource is already in use on this cluster.";
        demand(!entries.has(principalArn), action, "ResourceInUseException", inUse);
        const exists = [...roles.values()].some(({ arn }) => arn === principalArn);
        const invalid = "The specified principalArn is invalid: invalid principal.";
        demand(exists, action, "InvalidParameterException", invalid);
        demandTags(action, tags);
        entries.set(principalArn, new Set());
      }),
    associatePolicy: (name, principalArn, policy) =>
      change(() => {
        const action = "EKS AssociateAccessPolicy";
        active(action, name);
        const policies = entries.get(principalArn);
        if (policies === undefined) refuse(action, "ResourceNotFoundException", `No access entry for ${principalArn}`);
        const exists = /^arn:aws:eks::aws:cluster-access-policy\/AmazonEKS\w+Policy$/.test(policy);
        demand(exists, action, "InvalidParameterException", `The policyArn ${policy} is invalid`);
        policies.add(policy);
      }),
  };
  return eks;
}
