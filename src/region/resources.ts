import type { AnyResource } from "../core/resource.ts";
import { accessEntry } from "./resources/access-entry.ts";
import { argoCdController } from "./resources/argocd-controller.ts";
import { autoMode } from "./resources/auto-mode.ts";
import { autoModeSubnets } from "./resources/auto-mode-subnets.ts";
import { autoModePolicies } from "./resources/auto-mode-policies.ts";
import { auditBucket } from "./resources/audit-bucket.ts";
import { certificateIssued } from "./resources/certificate-issued.ts";
import { certificateRecord } from "./resources/certificate-record.ts";
import { certificate } from "./resources/certificate.ts";
import { autoscalerRole, loadBalancerRole } from "./resources/controller-roles.ts";
import { clusterRole, networkRole, nodeRole, secretsRole, storageRole } from "./resources/roles.ts";
import { eksCluster } from "./resources/eks-cluster.ts";
import { forwarding } from "./resources/forwarding/forwarding.ts";
import { guardrails } from "./resources/guardrails.ts";
import { hostedZone } from "./resources/hosted-zone.ts";
import { strictMtls, secretStore, argoCdProject } from "./resources/platform-objects.ts";
import { autoNetworkPolicies } from "./resources/auto-network-policies.ts";
import { argoCd } from "./resources/platform/argo-cd.ts";
import { capabilityAccess } from "./resources/platform/capability-access.ts";
import { capabilityObjects } from "./resources/platform/capability-objects.ts";
import { capabilityRole } from "./resources/platform/capability-role.ts";
import { argoCdCapability } from "./resources/platform/capability.ts";
import { istioDefault } from "./resources/platform/mesh/istio-default.ts";
import { istioOld } from "./resources/platform/mesh/istio-old.ts";
import { istioProxies } from "./resources/platform/mesh/istio-proxies.ts";
import { platformApps } from "./resources/platform/platform-apps.ts";
import { platformFiles } from "./resources/platform/platform-files.ts";
import { platformRoot } from "./resources/platform/platform-root.ts";
import { namespaces } from "./resources/namespaces.ts";
import { networkResources } from "./network.ts";
import { nodeAddons } from "./resources/node-addons.ts";
import { nodeGroup } from "./resources/node-group.ts";
import { registryReplication, registryTemplate } from "./resources/registry/registry-replication.ts";
import { registry } from "./resources/registry/registry.ts";
import { stateBucket } from "./resources/state-bucket.ts";
import { storageClass } from "./resources/storage-class.ts";
import { neo4jAddress, neo4jLogin } from "./resources/stores/neo4j-login.ts";
import { stores } from "./resources/stores/stores.ts";
import type { RegionWorld } from "./world.ts";
import { clusterVersion } from "./upgrade/cluster-version.ts";
import { kmsKey } from "./resources/kms-key.ts";
import { nodeRolePolicies } from "./resources/node-role-policies.ts";
import { nodeTemplate } from "./resources/node-template.ts";
import {
  autoscalerIdentity,
  loadBalancerIdentity,
  networkIdentity,
  secretsIdentity,
  storageIdentity,
} from "./resources/pod-identities.ts";
import { podPermissions } from "./resources/pod-permissions.ts";
import { coredns, metrics, monitoring, storage } from "./resources/workload-addons.ts";

/** Returns all resources of a region; each one declares what it needs. */
export function regionResources(platform: RegionWorld["platform"]): readonly AnyResource<RegionWorld>[] {
  return [
    ...(platform.state === "bucket" ? [stateBucket, auditBucket] : []),
    kmsKey,
    clusterRole,
    autoModePolicies,
    nodeRole,
    networkRole,
    storageRole,
    secretsRole,
    loadBalancerRole,
    autoscalerRole,
    ...networkResources,
    eksCluster,
    autoMode,
    accessEntry,
    autoModeSubnets,
    networkIdentity,
    secretsIdentity,
    loadBalancerIdentity,
    autoscalerIdentity,
    ...nodeAddons,
    nodeTemplate,
    nodeGroup,
    coredns,
    metrics,
    monitoring,
    storageIdentity,
    storage,
    podPermissions,
    nodeRolePolicies,
    clusterVersion,
    storageClass,
    autoNetworkPolicies,
    namespaces,
    ...(platform.platform === undefined ? appliedDirectly(platform) : fromGit),
    argoCdController,
    hostedZone,
    certificate,
    certificateRecord,
    certificateIssued,
    registry,
    registryTemplate,
    registryReplication,
    ...stores,
    neo4jLogin,
    neo4jAddress,
    ...forwarding,
  ];
}

/** What gennet applies itself where no `platform` in gennet.yaml brings it. */
function appliedDirectly(platform: RegionWorld["platform"]): readonly AnyResource<RegionWorld>[] {
  return [guardrails, strictMtls, ...(platform.gitops === undefined ? [] : [argoCdProject]), secretStore];
}

const fromGit: readonly AnyResource<RegionWorld>[] = [
  capabilityRole,
  argoCdCapability,
  capabilityAccess,
  capabilityObjects,
  argoCd,
  platformFiles,
  platformRoot,
  platformApps,
  istioDefault,
  istioProxies,
  istioOld,
];
