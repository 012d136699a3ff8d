import type { AnyResource } from "../core/resource.ts";
import { accessEntry } from "./resources/access-entry.ts";
import { clusterRole, nodeRole } from "./resources/managed-roles.ts";
import { eksCluster } from "./resources/eks-cluster.ts";
import { guardrails } from "./resources/guardrails.ts";
import { strictMtls, secretStore, argoCdProject } from "./resources/platform-objects.ts";
import { namespaces } from "./resources/namespaces.ts";
import { networkResources } from "./network.ts";
import { nodeAddons } from "./resources/addons.ts";
import { nodeGroup } from "./resources/node-group.ts";
import type { RegionWorld } from "./world.ts";
import { coredns } from "./resources/coredns.ts";

/** Returns all resources of a region; each one declares what it needs. */
export function regionResources(platform: RegionWorld["platform"]): readonly AnyResource<RegionWorld>[] {
  return [
    clusterRole,
    nodeRole,
    ...networkResources,
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
