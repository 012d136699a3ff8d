import type { AnyStep } from "../core/step.ts";
import { accessEntry } from "./steps/access-entry.ts";
import { clusterRole } from "./steps/cluster-role.ts";
import { coredns } from "./steps/coredns.ts";
import { eksCluster } from "./steps/eks-cluster.ts";
import { gitopsProject } from "./steps/gitops-project.ts";
import { guardrails } from "./steps/guardrails.ts";
import { internetGateway } from "./steps/internet-gateway.ts";
import { meshMtls } from "./steps/mesh-mtls.ts";
import { namespaces } from "./steps/namespaces.ts";
import { natAddress } from "./steps/nat-address.ts";
import { natGateway } from "./steps/nat-gateway.ts";
import { nodeAddons } from "./steps/node-addons.ts";
import { nodeGroup } from "./steps/node-group.ts";
import { nodeRole } from "./steps/node-role.ts";
import { privateRoutes, publicRoutes } from "./steps/route-table.ts";
import { secretStore } from "./steps/secret-store.ts";
import { subnets } from "./steps/subnets.ts";
import { vpc } from "./steps/vpc.ts";
import type { World } from "./world.ts";

/** All that makes a region; each step says itself what it needs. */
export function regionSteps(platform: World["platform"]): readonly AnyStep<World>[] {
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
