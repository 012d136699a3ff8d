import type {
  Addon as SdkAddon,
  Cluster,
  EncryptionConfig,
  LaunchTemplateSpecification,
  Logging,
  LogType,
  Nodegroup as SdkNodegroup,
  Taint,
  UpdateClusterConfigRequest,
  UpdateNodegroupConfigRequest,
  VpcConfigRequest,
} from "@aws-sdk/client-eks";
import { listed } from "../../core/enumerate.ts";
import type { AutoMode, ClusterChange, EksCluster, EndpointAccess } from "./cluster.ts";
import type { Nodegroup, NodegroupChange, NodeTaint, Scaling, TemplateVersion } from "./nodegroup.ts";
import type { Addon } from "./port.ts";

const logTypes: readonly LogType[] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

export function toCluster(cluster: Cluster | undefined): EksCluster {
  const vpc = cluster?.resourcesVpcConfig;
  const key = cluster?.encryptionConfig?.find(({ provider }) => provider?.keyArn !== undefined)?.provider?.keyArn;
  const compute = cluster?.computeConfig;
  return {
    name: cluster?.name ?? "",
    arn: cluster?.arn ?? "",
    status: cluster?.status ?? "PENDING",
    version: cluster?.version ?? "",
    ...(cluster?.endpoint === undefined ? {} : { endpoint: cluster.endpoint }),
    ...(cluster?.certificateAuthority?.data === undefined
      ? {}
      : { certificateAuthority: cluster.certificateAuthority.data }),
    ...(cluster?.createdAt === undefined ? {} : { createdAt: cluster.createdAt }),
    roleArn: cluster?.roleArn ?? "",
    vpcId: vpc?.vpcId ?? "",
    subnetIds: vpc?.subnetIds ?? [],
    publicAccess: vpc?.endpointPublicAccess ?? false,
    privateAccess: vpc?.endpointPrivateAccess ?? false,
    publicCidrs: vpc?.publicAccessCidrs ?? [],
    authenticationMode: cluster?.accessConfig?.authenticationMode ?? "CONFIG_MAP",
    logging: (cluster?.logging?.clusterLogging ?? []).flatMap((each) => (each.enabled ? (each.types ?? []) : [])),
    supportType: cluster?.upgradePolicy?.supportType ?? "EXTENDED",
    deletionProtection: cluster?.deletionProtection ?? false,
    zonalShift: cluster?.zonalShiftConfig?.enabled ?? false,
    ...(key === undefined ? {} : { encryptionKeyArn: key }),
    ...(compute?.enabled === true
      ? { auto: { nodeRoleArn: compute.nodeRoleArn ?? "", nodePools: compute.nodePools ?? [] } }
      : {}),
    tags: cluster?.tags ?? {},
    issues: (cluster?.health?.issues ?? []).map(toIssue),
  };
}

export function toVpcConfig({ publicAccess, privateAccess, publicCidrs }: EndpointAccess): VpcConfigRequest {
  return {
    endpointPublicAccess: publicAccess,
    endpointPrivateAccess: privateAccess,
    // EKS rejects ranges for an endpoint that is not public.
    ...(publicAccess ? { publicAccessCidrs: [...publicCidrs] } : {}),
  };
}

/** Returns the logging with these types on, and all others off. */
export function toLogging(names: readonly string[]): Logging {
  const on = logTypes.filter((type) => names.includes(type));
  const off = logTypes.filter((type) => !names.includes(type));
  return {
    clusterLogging: [
      ...(on.length === 0 ? [] : [{ types: on, enabled: true }]),
      ...(off.length === 0 ? [] : [{ types: off, enabled: false }]),
    ],
  };
}

export function toEncryption(keyArn: string): EncryptionConfig[] {
  return [{ resources: ["secrets"], provider: { keyArn } }];
}

/** EKS demands that compute, load balancing and storage are turned on and off together. */
export function toAutoMode(
  auto: AutoMode | undefined,
): Pick<UpdateClusterConfigRequest, "computeConfig" | "kubernetesNetworkConfig" | "storageConfig"> {
  const enabled = auto !== undefined;
  return {
    computeConfig:
      auto === undefined ? { enabled } : { enabled, nodeRoleArn: auto.nodeRoleArn, nodePools: [...auto.nodePools] },
    kubernetesNetworkConfig: { elasticLoadBalancing: { enabled } },
    storageConfig: { blockStorage: { enabled } },
  };
}

export function toClusterUpdate(
  change: Exclude<ClusterChange, { change: "encryption" }>,
): Omit<UpdateClusterConfigRequest, "name"> {
  switch (change.change) {
    case "access":
      return { accessConfig: { authenticationMode: change.mode as "API" } };
    case "endpoint":
      return { resourcesVpcConfig: toVpcConfig(change) };
    case "subnets":
      return { resourcesVpcConfig: { subnetIds: [...change.ids] } };
    case "logging":
      return { logging: toLogging(change.types) };
    case "support":
      return { upgradePolicy: { supportType: change.type as "STANDARD" } };
    case "zonal shift":
      return { zonalShiftConfig: { enabled: change.on } };
    case "deletion protection":
      return { deletionProtection: change.on };
    case "auto mode":
      return toAutoMode(change.auto);
  }
}

/** EKS writes the effects of taints in its own way: https://docs.aws.amazon.com/eks/latest/APIReference/API_Taint.html */
const effects: readonly (readonly [ours: string, theirs: string])[] = [
  ["NoSchedule", "NO_SCHEDULE"],
  ["NoExecute", "NO_EXECUTE"],
  ["PreferNoSchedule", "PREFER_NO_SCHEDULE"],
];

export function toTaint({ key, value, effect }: NodeTaint): Taint {
  const theirs = effects.find(([ours]) => ours === effect)?.[1] ?? effect;
  return { key, ...(value === undefined ? {} : { value }), effect: theirs as "NO_SCHEDULE" };
}

function fromTaint({ key = "", value, effect = "NO_SCHEDULE" }: Taint): NodeTaint {
  const ours = effects.find(([, theirs]) => theirs === effect)?.[0] ?? effect;
  return { key, ...(value === undefined || value === "" ? {} : { value }), effect: ours };
}

export function toNodegroup(nodegroup: SdkNodegroup | undefined): Nodegroup {
  const scaling = nodegroup?.scalingConfig;
  const template = nodegroup?.launchTemplate;
  return {
    name: nodegroup?.nodegroupName ?? "",
    arn: nodegroup?.nodegroupArn ?? "",
    status: nodegroup?.status ?? "CREATING",
    ...(nodegroup?.version === undefined ? {} : { version: nodegroup.version }),
    roleArn: nodegroup?.nodeRole ?? "",
    instanceTypes: nodegroup?.instanceTypes ?? [],
    imageType: nodegroup?.amiType ?? "",
    ...(template?.id === undefined ? {} : { template: { id: template.id, version: Number(template.version) } }),
    scaling: { min: scaling?.minSize ?? 0, desired: scaling?.desiredSize ?? 0, max: scaling?.maxSize ?? 0 },
    subnetIds: nodegroup?.subnets ?? [],
    labels: nodegroup?.labels ?? {},
    taints: (nodegroup?.taints ?? []).map(fromTaint),
    repair: nodegroup?.nodeRepairConfig?.enabled === true,
    tags: nodegroup?.tags ?? {},
    issues: (nodegroup?.health?.issues ?? []).map(toIssue),
  };
}

export function toTemplate({ id, version }: TemplateVersion): LaunchTemplateSpecification {
  return { id, version: String(version) };
}

/** Returns what changes; EKS rejects empty parts. */
export function toNodegroupUpdate({
  scaling,
  labels,
  taints,
  repair,
}: NodegroupChange): Omit<UpdateNodegroupConfigRequest, "clusterName" | "nodegroupName"> {
  const labelled = Object.keys(labels.set).length > 0;
  return {
    ...(scaling === undefined ? {} : { scalingConfig: toScalingConfig(scaling) }),
    nodeRepairConfig: { enabled: repair },
    ...(labelled || labels.removed.length > 0
      ? {
          labels: {
            ...(labelled ? { addOrUpdateLabels: { ...labels.set } } : {}),
            ...(labels.removed.length > 0 ? { removeLabels: [...labels.removed] } : {}),
          },
        }
      : {}),
    ...(taints.set.length > 0 || taints.removed.length > 0
      ? {
          taints: {
            ...(taints.set.length > 0 ? { addOrUpdateTaints: taints.set.map(toTaint) } : {}),
            ...(taints.removed.length > 0 ? { removeTaints: taints.removed.map(toTaint) } : {}),
          },
        }
      : {}),
  };
}

export function toScalingConfig(scaling: Scaling): { minSize: number; desiredSize: number; maxSize: number } {
  return { minSize: scaling.min, desiredSize: scaling.desired, maxSize: scaling.max };
}

export function toAddon(addon: SdkAddon | undefined): Addon {
  return {
    name: addon?.addonName ?? "",
    arn: addon?.addonArn ?? "",
    status: addon?.status ?? "CREATING",
    ...(addon?.addonVersion === undefined ? {} : { version: addon.addonVersion }),
    ...(addon?.configurationValues === undefined ? {} : { configuration: addon.configurationValues }),
    issues: (addon?.health?.issues ?? []).map(toIssue),
    tags: addon?.tags ?? {},
  };
}

interface SdkIssue {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly resourceIds?: readonly string[] | undefined;
}

/** Returns `CODE: message (resources)`; without those that the message names. */
function toIssue({ code = "issue", message = "no details", resourceIds = [] }: SdkIssue): string {
  const unnamed = resourceIds.filter((id) => !message.includes(id));
  return `${code}: ${message}${unnamed.length === 0 ? "" : ` (${listed(unnamed, 3)})`}`;
}
