import type { Nodegroup } from "../../aws/eks/port.ts";
import { differenceOf } from "../../core/compare-fields.ts";
import { asDesired, blocked, type Difference, ready, type ResourceContext } from "../../core/resource.ts";
import { adoption } from "../adoption.ts";
import { owned, ownTags, type RegionResource, type RegionWorld } from "../world.ts";
import { failureOf, waitingFor } from "../eks-health.ts";
import { eksCluster } from "./eks-cluster.ts";
import { formerSubnets } from "./former-subnets.ts";
import { interfaceEndpoints } from "./interface-endpoints.ts";
import { s3Endpoint } from "./s3-endpoint.ts";
import { nodeAddons } from "./node-addons.ts";
import {
  clamped,
  desiredNodes,
  imageTypeOf,
  immutableNodeSettings,
  nodeChange,
  nodesOf,
  taintsFor,
} from "./node-settings.ts";
import { nodeTemplate } from "./node-template.ts";
import { isManaged, nodeRole } from "./roles.ts";
import { lastingSubnets } from "./subnet-names.ts";
import { subnets } from "./subnets.ts";

type At = ResourceContext<RegionWorld>;

export const nodeGroupName = "default";
/** Replaces every node, one after the other, by one that is launched with the latest version of the template. */
const replacement = { verb: "update", target: nodeGroupName, field: "launch template version" } as const;

/** The managed node group, in the private subnets. Outputs the Kubernetes version of its nodes; empty if EKS shows none. */
export const nodeGroup: RegionResource<Nodegroup | undefined, string> = {
  id: "node-group",
  title: "Node group",
  // Nodes without the CNI add-on stay NotReady, and the group is then reported as failed.
  // Without a NAT gateway, nodes reach AWS only through endpoints.
  needs: [eksCluster, nodeRole, subnets, formerSubnets, nodeTemplate, s3Endpoint, interfaceEndpoints, ...nodeAddons],
  patienceMs: 40 * 60_000,
  wanted: isManaged,
  async read({ world, signal }) {
    const group = await (await world.aws.service("eks")).nodegroup(world.region.cluster, nodeGroupName, signal);
    return group && owned(group, `node group "${group.name}"`, world);
  },
  diff: differenceFrom,
  async apply(seen, at) {
    const { world, signal } = at;
    const eks = await world.aws.service("eks");
    const { cluster } = world.region;
    // What an earlier run began may be all that is missing.
    const actual = seen !== undefined && isBusy(seen) ? await settled(at) : seen;
    if (actual?.status === "CREATE_FAILED") {
      await eks.deleteNodegroup(cluster, actual.name, signal);
      await settled(at);
    }
    if (actual === undefined || actual.status === "CREATE_FAILED") return create(at);
    const { operations } = differenceFrom(actual, at);
    if (operations.some((operation) => operation.field !== replacement.field)) {
      await eks.updateNodegroup(cluster, actual.name, nodeChange(actual, world.region.nodes), signal);
    }
    if (operations.some((operation) => operation.field === replacement.field)) {
      await eks.rollNodegroup(cluster, actual, at.required(nodeTemplate), signal);
    }
  },
  /** https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html */
  ready(actual) {
    if (actual?.status === "ACTIVE") return ready;
    if (actual?.status.endsWith("_FAILED")) return failureOf(actual);
    // EKS may still replace the nodes of a degraded group, or launch those of a new one.
    return waitingFor(actual);
  },
  output: (actual) => (actual === undefined || actual.status === "DELETING" ? undefined : (actual.version ?? "")),
  adoption: adoption({
    kind: "node group",
    found: (actual) => actual,
    tag: async (actual, tags, world, signal) => (await world.aws.service("eks")).tag(actual?.arn ?? "", tags, signal),
  }),
  removal: {
    diff: (actual) =>
      actual === undefined || actual.status === "DELETING"
        ? asDesired
        : { operations: [{ verb: "delete", target: nodeGroupName }] },
    async apply(_actual, { world, signal }) {
      await (await world.aws.service("eks")).deleteNodegroup(world.region.cluster, nodeGroupName, signal);
    },
    gone(actual) {
      if (actual === undefined) return ready;
      return actual.status === "DELETE_FAILED" ? failureOf(actual) : waitingFor(actual);
    },
  },
};

function differenceFrom(actual: Nodegroup | undefined, at: At): Difference {
  const desired = desiredNodes(at);
  if (actual === undefined || actual.status === "DELETING") return differenceOf(nodeGroupName, undefined, desired);
  if (actual.status === "CREATE_FAILED") {
    const status = { field: "status", before: actual.status, after: "ACTIVE" };
    return { operations: [{ verb: "replace", target: nodeGroupName, fields: desired, ...status }] };
  }
  if (actual.status === "DELETE_FAILED") {
    const { reason, next } = failureOf(actual);
    return blocked(reason, [], next);
  }
  // The desired size belongs to the autoscaler, as long as it is possible.
  const { nodes: _, ...compared } = desired;
  const size = clamped(actual.scaling.desired, at.world.region.nodes);
  const own = { ...nodesOf(actual, at), nodes: actual.scaling.desired };
  const difference = differenceOf(nodeGroupName, own, { ...compared, nodes: size }, immutableNodeSettings);
  const template = at.output(nodeTemplate);
  const isRolled = template === undefined || (template.isCurrent && actual.template?.version === template.version);
  return isRolled ? difference : { ...difference, operations: [...difference.operations, replacement] };
}

async function create(at: At): Promise<void> {
  const { world, signal } = at;
  const { instanceType, labels, taints, repair, min, desired, max } = world.region.nodes;
  await (
    await world.aws.service("eks")
  ).createNodegroup(
    {
      cluster: world.region.cluster,
      name: nodeGroupName,
      roleArn: at.required(nodeRole),
      subnetIds: lastingSubnets(at.required(subnets)).map(({ id }) => id),
      instanceType,
      imageType: imageTypeOf(instanceType),
      template: at.required(nodeTemplate),
      scaling: { min, desired, max },
      labels,
      taints: taintsFor(taints),
      repair,
      tags: ownTags(world),
    },
    signal,
  );
}

function isBusy({ status }: Nodegroup): boolean {
  return status === "CREATING" || status === "UPDATING" || status === "DELETING";
}

async function settled(at: At): Promise<Nodegroup | undefined> {
  const eks = await at.world.aws.service("eks");
  await eks.settled(at.world.region.cluster, { nodegroup: nodeGroupName }, at.signal);
  return nodeGroup.read(at);
}
