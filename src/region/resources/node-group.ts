import type { Nodegroup, Scaling } from "../../aws/eks/port.ts";
import { creation, immutable, ready, update } from "../../core/resource.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../world.ts";
import { nodeAddons } from "./addons.ts";
import { eksCluster } from "./eks-cluster.ts";
import { nodeRole } from "./managed-roles.ts";
import { subnets } from "./subnets.ts";

const nodeGroupName = "default";

/** The managed node group, in the private subnets. Outputs its name. */
export const nodeGroup: RegionResource<Nodegroup | undefined, string> = {
  id: "node-group",
  title: "Node group",
  // Nodes without the CNI add-on stay NotReady, and the group is then reported as failed.
  needs: [eksCluster, nodeRole, subnets, ...nodeAddons],
  patienceMs: 40 * 60_000,
  read: async ({ world, signal }) =>
    (await world.aws.service("eks")).nodegroup(world.region.cluster, nodeGroupName, signal),
  diff(actual, { world }) {
    const { instanceType } = world.region.nodes;
    const wanted = scalingOf(world);
    if (actual === undefined) {
      return { operations: [creation(nodeGroupName, { "instance type": instanceType, ...sizeOf(wanted) })] };
    }
    if (!actual.instanceTypes.includes(instanceType)) {
      return immutable(nodeGroupName, "instance type", actual.instanceTypes.join(", "), instanceType);
    }
    const before = sizeOf(actual.scaling);
    const changed = Object.entries(sizeOf(wanted)).filter(([field, value]) => before[field] !== value);
    return { operations: changed.map(([field, value]) => update(nodeGroupName, field, value, before[field])) };
  },
  async apply(actual, at) {
    const { world, signal } = at;
    const eks = await world.aws.service("eks");
    const { cluster, nodes } = world.region;
    if (actual !== undefined) return eks.scaleNodegroup(cluster, actual.name, scalingOf(world), signal);
    await eks.createNodegroup(
      {
        cluster,
        name: nodeGroupName,
        roleArn: at.required(nodeRole),
        subnetIds: at.required(subnets).subnets.flatMap(({ id, kind }) => (kind === "private" ? [id] : [])),
        instanceType: nodes.instanceType,
        scaling: scalingOf(world),
        tags: ownTags(world),
      },
      signal,
    );
  },
  ready(actual) {
    if (actual?.status === "ACTIVE") return ready;
    if (actual?.status.endsWith("FAILED")) {
      const reason = actual.issues.join("; ") || `EKS reports ${actual.status}`;
      return { state: "failed", reason: `${reason}; delete the node group, then run this again` };
    }
    const issues = actual === undefined || actual.issues.length === 0 ? "" : ` (${actual.issues.join("; ")})`;
    return { state: "waiting", detail: `${actual?.status ?? "not visible yet"}${issues}` };
  },
  output: (actual) => actual?.name,
};

function scalingOf({ region }: RegionWorld): Scaling {
  const { min, desired, max } = region.nodes;
  return { min, desired, max };
}

function sizeOf({ min, desired, max }: Scaling): Readonly<Record<string, number>> {
  return { nodes: desired, "at least": min, "at most": max };
}
