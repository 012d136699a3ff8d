import type { AnyResource } from "../core/resource.ts";
import { accessEntry } from "./resources/access-entry.ts";
import { clusterRole } from "./resources/cluster-role.ts";
import { coredns } from "./resources/coredns.ts";
import { eksCluster } from "./resources/eks-cluster.ts";
import { gitopsProject } from "./resources/gitops-project.ts";
import { guardrails } from "./resources/guardrails.ts";
import { internetGateway } from "./resources/internet-gateway.ts";
import { meshMtls } from "./resources/mesh-mtls.ts";
import { namespaces } from "./resources/namespaces.ts";
import { natAddress } from "./resources/nat-address.ts";
import { natGateway } from "./resources/nat-gateway.ts";
import { nodeAddons } from "./resources/node-addons.ts";
import { nodeGroup } from "./resources/node-group.ts";
import { nodeRole } from "./resources/node-role.ts";
import { privateRoutes, publicRoutes } from "./resources/route-table.ts";
import { secretStore } from "./resources/secret-store.ts";
import { subnets } from "./resources/subnets.ts";
import { vpc } from "./resources/vpc.ts";
import type { RegionWorld } from "./world.ts";

/** Returns everything that makes a region; each resource declares what it needs. */
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
    meshMtls,
    ...(platform.gitops === undefined ? [] : [gitopsProject]),
    secretStore,
  ];
}
