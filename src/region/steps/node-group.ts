import type { Nodegroup, Scaling } from "../../aws/port.ts";
import { nothing, ready } from "../../core/step.ts";
import { ownTags, type RegionStep, type World } from "../world.ts";
import { nodeAddons } from "./node-addons.ts";
import { eksCluster } from "./eks-cluster.ts";
import { nodeRole } from "./node-role.ts";
import { subnets } from "./subnets.ts";

const nodeGroupName = "default";

/** The managed node group, in the private subnets. Gives its name. */
export const nodeGroup: RegionStep<Nodegroup | undefined, string> = {
  id: "node-group",
  title: "Node group",
  scope: "region",
  // Nodes without the CNI add-on stay NotReady, and the group is then reported as failed.
  needs: [eksCluster, nodeRole, subnets, ...nodeAddons],
  patienceMs: 40 * 60_000,
  read: async ({ world, signal }) => (await world.aws.eks()).nodegroup(world.region.cluster, nodeGroupName, signal),
  diff(actual, { world }) {
    const { instanceType } = world.region.nodes;
    const wanted = scalingOf(world);
    if (actual === undefined) {
      return { action: "create", summary: nodeGroupName, details: [instanceType, inWords(wanted)] };
    }
    if (!actual.instanceTypes.includes(instanceType)) {
      const summary = `its nodes are ${actual.instanceTypes.join(", ")}, gennet.yaml says ${instanceType}: a node group keeps the type it was made with`;
      return { action: "blocked", summary, details: [] };
    }
    if (inWords(actual.scaling) === inWords(wanted)) return nothing;
    return { action: "update", summary: "size", details: [`${inWords(actual.scaling)} → ${inWords(wanted)}`] };
  },
  async apply(actual, at) {
    const { world, signal } = at;
    const eks = await world.aws.eks();
    const { cluster, nodes } = world.region;
    if (actual !== undefined) return eks.scaleNodegroup(cluster, actual.name, scalingOf(world), signal);
    await eks.createNodegroup(
      {
        cluster,
        name: nodeGroupName,
        roleArn: at.required(nodeRole),
        subnetIds: at.required(subnets).privateIds,
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
      const reason = actual.issues.join("; ") || `EKS says ${actual.status}`;
      return { state: "failed", reason: `${reason}; delete the node group, then run this again` };
    }
    const issues = actual === undefined || actual.issues.length === 0 ? "" : ` (${actual.issues.join("; ")})`;
    return { state: "waiting", detail: `${actual?.status ?? "not visible yet"}${issues}` };
  },
  output: (actual) => actual?.name,
};

function scalingOf({ region }: World): Scaling {
  const { min, desired, max } = region.nodes;
  return { min, desired, max };
}

function inWords({ min, desired, max }: Scaling): string {
  return `${desired} nodes (${min} to ${max})`;
}
