import {
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  paginateListNodegroups,
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
} from "@aws-sdk/client-eks";
import { itemsOf } from "../../core/items-of.ts";
import type { EksCalls } from "./calls.ts";
import { readEach } from "../../core/read-each.ts";
import type { Eks } from "./port.ts";
import { unknownRole, updateInProgress } from "./refused-for-now.ts";
import { oncePassed } from "../passing-refusal.ts";
import { toNodegroup, toNodegroupUpdate, toScalingConfig, toTaint, toTemplate } from "./shapes.ts";

type NodegroupCalls = Pick<
  Eks,
  | "nodegroupNames"
  | "nodegroups"
  | "nodegroup"
  | "createNodegroup"
  | "updateNodegroup"
  | "rollNodegroup"
  | "deleteNodegroup"
>;

/** Returns the calls for node groups. */
export function nodegroupCalls({ client, session, call, find, update }: EksCalls): NodegroupCalls {
  const port: NodegroupCalls = {
    async nodegroupNames(cluster, signal) {
      const names = await find(signal, (options) =>
        itemsOf(paginateListNodegroups({ client }, { clusterName: cluster }, options), (page) => page.nodegroups),
      );
      return names ?? [];
    },

    nodegroups: async (cluster, signal) =>
      readEach(await port.nodegroupNames(cluster, signal), (name) => port.nodegroup(cluster, name, signal)),

    async nodegroup(cluster, name, signal) {
      const answer = await find(signal, (options) =>
        client.send(new DescribeNodegroupCommand({ clusterName: cluster, nodegroupName: name }), options),
      );
      return answer?.nodegroup && toNodegroup(answer.nodegroup);
    },

    async createNodegroup(nodegroup, signal) {
      const command = new CreateNodegroupCommand({
        clusterName: nodegroup.cluster,
        nodegroupName: nodegroup.name,
        nodeRole: nodegroup.roleArn,
        subnets: [...nodegroup.subnetIds],
        instanceTypes: [nodegroup.instanceType],
        amiType: nodegroup.imageType as "AL2023_x86_64_STANDARD",
        launchTemplate: toTemplate(nodegroup.template),
        scalingConfig: toScalingConfig(nodegroup.scaling),
        labels: { ...nodegroup.labels },
        taints: nodegroup.taints.map(toTaint),
        nodeRepairConfig: { enabled: nodegroup.repair },
        tags: { ...nodegroup.tags },
      });
      const answer = await oncePassed(session, signal, unknownRole, () =>
        call(signal, (options) => client.send(command, options)),
      );
      return toNodegroup(answer.nodegroup);
    },

    async updateNodegroup(cluster, name, change, signal) {
      const where = { clusterName: cluster, nodegroupName: name };
      const command = new UpdateNodegroupConfigCommand({ ...where, ...toNodegroupUpdate(change) });
      await update({ name: cluster, nodegroupName: name }, (options) => client.send(command, options), signal);
    },

    async rollNodegroup(cluster, { name, version }, template, signal) {
      const where = { clusterName: cluster, nodegroupName: name };
      // Without a version, EKS would also upgrade the nodes to the Kubernetes version of the cluster.
      const launchTemplate = template && toTemplate(template);
      const command = new UpdateNodegroupVersionCommand({ ...where, version, launchTemplate });
      await update({ name: cluster, nodegroupName: name }, (options) => client.send(command, options), signal);
    },

    async deleteNodegroup(cluster, name, signal) {
      const command = new DeleteNodegroupCommand({ clusterName: cluster, nodegroupName: name });
      await oncePassed(session, signal, updateInProgress, () =>
        find(signal, (options) => client.send(command, options)),
      );
    },
  };
  return port;
}
