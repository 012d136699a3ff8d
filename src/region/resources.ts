import type { AnyResource } from "../core/resource.ts";
import { accessEntry } from "./resources/access-entry.ts";
import { auditBucket } from "./resources/audit-bucket.ts";
import { clusterRole, nodeRole } from "./resources/managed-roles.ts";
import { eksCluster } from "./resources/eks-cluster.ts";
import { guardrails } from "./resources/guardrails.ts";
import { internetGateway } from "./resources/internet-gateway.ts";
import { strictMtls, secretStore, argoCdProject } from "./resources/platform-objects.ts";
import { namespaces } from "./resources/namespaces.ts";
import { natGateway, natAddress } from "./resources/nat-gateway.ts";
import { nodeAddons } from "./resources/addons.ts";
import { nodeGroup } from "./resources/node-group.ts";
import { privateRoutes, publicRoutes } from "./resources/route-table.ts";
import { stateBucket } from "./resources/state-bucket.ts";
import { subnets } from "./resources/subnets.ts";
import { vpc } from "./resources/vpc.ts";
import type { RegionWorld } from "./world.ts";
import { coredns } from "./resources/coredns.ts";

/** Returns all resources of a region; each one declares what it needs. */
export function regionResources(platform: RegionWorld["platform"]): readonly AnyResource<RegionWorld>[] {
  return [
    ...(platform.state === "bucket" ? [stateBucket, auditBucket] : []),
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
  ];
}
