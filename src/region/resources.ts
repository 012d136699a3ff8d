import type { AnyResource } from "../core/resource.ts";
import { accessEntry } from "./resources/access-entry.ts";
import { certificateIssued } from "./resources/certificate-issued.ts";
import { certificateRecord } from "./resources/certificate-record.ts";
import { certificate } from "./resources/certificate.ts";
import { clusterRole, nodeRole } from "./resources/managed-roles.ts";
import { eksCluster } from "./resources/eks-cluster.ts";
import { guardrails } from "./resources/guardrails.ts";
import { hostedZone } from "./resources/hosted-zone.ts";
import { internetGateway } from "./resources/internet-gateway.ts";
import { strictMtls, secretStore, argoCdProject } from "./resources/platform-objects.ts";
import { namespaces } from "./resources/namespaces.ts";
import { natGateway, natAddress } from "./resources/nat-gateway.ts";
import { nodeAddons } from "./resources/addons.ts";
import { nodeGroup } from "./resources/node-group.ts";
import { privateRoutes, publicRoutes } from "./resources/route-table.ts";
import { registryReplication, registryTemplate } from "./resources/registry/registry-replication.ts";
import { registry } from "./resources/registry/registry.ts";
import { stores } from "./resources/stores/stores.ts";
import { subnets } from "./resources/subnets.ts";
import { vpc } from "./resources/vpc.ts";
import type { RegionWorld } from "./world.ts";
import { coredns } from "./resources/coredns.ts";

/** Returns all resources of a region; each one declares what it needs. */
export function regionResources(platform: RegionWorld["platform"]): readonly AnyResource<RegionWorld>[] {
  return [
    clusterRole,
    nodeRole,
    vpc,
    internetGateway,
    subnets,
    natAddress,
    natGateway,
    publicRoutes,
    privateRoutes,
    eksCluster,
    accessEntry,
    ...nodeAddons,
    nodeGroup,
    coredns,
    namespaces,
    guardrails,
    strictMtls,
    ...(platform.gitops === undefined ? [] : [argoCdProject]),
    secretStore,
    hostedZone,
    certificate,
    certificateRecord,
    certificateIssued,
    registry,
    registryTemplate,
    registryReplication,
    ...stores,
  ];
}
