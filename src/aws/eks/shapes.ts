import type { Addon as SdkAddon, Cluster, LogType, Nodegroup as SdkNodegroup } from "@aws-sdk/client-eks";
import type { Addon, EksCluster, Nodegroup, Scaling } from "./port.ts";

export function toCluster(cluster: Cluster | undefined): EksCluster {
  const vpc = cluster?.resourcesVpcConfig;
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
    authenticationMode: cluster?.accessConfig?.authenticationMode ?? "CONFIG_MAP",
    logging: (cluster?.logging?.clusterLogging ?? []).flatMap((each) => (each.enabled ? (each.types ?? []) : [])),
    tags: cluster?.tags ?? {},
    issues: (cluster?.health?.issues ?? []).map(toIssue),
  };
}

export function toNodegroup(nodegroup: SdkNodegroup | undefined): Nodegroup {
  const scaling = nodegroup?.scalingConfig;
  return {
    name: nodegroup?.nodegroupName ?? "",
    status: nodegroup?.status ?? "CREATING",
    ...(nodegroup?.version === undefined ? {} : { version: nodegroup.version }),
    instanceTypes: nodegroup?.instanceTypes ?? [],
    scaling: { min: scaling?.minSize ?? 0, desired: scaling?.desiredSize ?? 0, max: scaling?.maxSize ?? 0 },
    subnetIds: nodegroup?.subnets ?? [],
    issues: (nodegroup?.health?.issues ?? []).map(toIssue),
  };
}

export function toAddon(addon: SdkAddon | undefined): Addon {
  return {
    name: addon?.addonName ?? "",
    status: addon?.status ?? "CREATING",
    ...(addon?.addonVersion === undefined ? {} : { version: addon.addonVersion }),
    issues: (addon?.health?.issues ?? []).map(toIssue),
  };
}

export function toScalingConfig(scaling: Scaling): { minSize: number; desiredSize: number; maxSize: number } {
  return { minSize: scaling.min, desiredSize: scaling.desired, maxSize: scaling.max };
}

export function toLogTypes(names: readonly string[]): LogType[] {
  return names as LogType[];
}

function toIssue(issue: { readonly code?: string | undefined; readonly message?: string | undefined }): string {
  return `${issue.code ?? "issue"}: ${issue.message ?? "no details"}`;
}
