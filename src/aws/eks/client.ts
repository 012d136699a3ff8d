import { createHash } from "node:crypto";
import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  DescribeAccessEntryCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeClusterVersionsCommand,
  DescribeNodegroupCommand,
  EKSClient,
  paginateListAssociatedAccessPolicies,
  paginateListNodegroups,
  UpdateClusterConfigCommand,
  UpdateNodegroupConfigCommand,
} from "@aws-sdk/client-eks";
import { mapBounded } from "../../core/bounded.ts";
import { callsTo } from "../calls.ts";
import { toAddon, toCluster, toLogTypes, toNodegroup, toScalingConfig } from "./shapes.ts";
import type { Eks } from "./port.ts";
import { versionCalls } from "./versions.ts";
import { onceAllowed, unknownRole, updateInProgress } from "./refused-for-now.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";

/**
 * Connects to EKS through its SDK. Names are unique in EKS, so a repeated create call never creates a second resource.
 */
export function createEks(session: Session): Connected<Eks> {
  const client = new EKSClient(session.config());
  nameErrors(client.middlewareStack);
  const { call, find, all } = callsTo(session);

  const port: Eks = {
    ...versionCalls(client, { all }),

    async defaultVersion(signal) {
      const answer = await call(signal, (options) =>
        client.send(new DescribeClusterVersionsCommand({ defaultOnly: true }), options),
      );
      const version = answer.clusterVersions?.find((each) => each.defaultVersion)?.clusterVersion;
      if (version === undefined) throw new Error("EKS reports no default version");
      return version;
    },

    async cluster(name, signal) {
      const answer = await find(signal, (options) => client.send(new DescribeClusterCommand({ name }), options));
      return answer?.cluster && toCluster(answer.cluster);
    },

    async createCluster(cluster, signal) {
      const command = new CreateClusterCommand({
        name: cluster.name,
        version: cluster.version,
        roleArn: cluster.roleArn,
        resourcesVpcConfig: {
          subnetIds: [...cluster.subnetIds],
          endpointPublicAccess: true,
          endpointPrivateAccess: true,
        },
        // Access for the creator is an ordinary access entry, which a separate step creates.
        accessConfig: {
          authenticationMode: cluster.authenticationMode,
          bootstrapClusterCreatorAdminPermissions: false,
        },
        logging: { clusterLogging: [{ types: toLogTypes(cluster.logging), enabled: true }] },
        tags: { ...cluster.tags },
        clientRequestToken: tokenOf(cluster),
      });
      const answer = await onceAllowed(session, signal, unknownRole, () =>
        call(signal, (options) => client.send(command, options)),
      );
      return toCluster(answer.cluster);
    },

    async enableLogging(name, types, signal) {
      const input = { name, logging: { clusterLogging: [{ types: toLogTypes(types), enabled: true }] } };
      await onceAllowed(session, signal, updateInProgress, () =>
        call(signal, (options) => client.send(new UpdateClusterConfigCommand(input), options)),
      );
    },

    async nodegroups(cluster, signal) {
      const names = await find(signal, async (options) => {
        const listed: string[] = [];
        for await (const page of paginateListNodegroups({ client }, { clusterName: cluster }, options)) {
          listed.push(...(page.nodegroups ?? []));
        }
        return listed;
      });
      const found = await mapBounded(names ?? [], 4, (name) => port.nodegroup(cluster, name, signal));
      return found.filter((each) => each !== undefined);
    },

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
        scalingConfig: toScalingConfig(nodegroup.scaling),
        tags: { ...nodegroup.tags },
        clientRequestToken: tokenOf(nodegroup),
      });
      const answer = await onceAllowed(session, signal, unknownRole, () =>
        call(signal, (options) => client.send(command, options)),
      );
      return toNodegroup(answer.nodegroup);
    },

    async scaleNodegroup(cluster, name, scaling, signal) {
      const input = { clusterName: cluster, nodegroupName: name, scalingConfig: toScalingConfig(scaling) };
      await onceAllowed(session, signal, updateInProgress, () =>
        call(signal, (options) => client.send(new UpdateNodegroupConfigCommand(input), options)),
      );
    },

    async addon(cluster, name, signal) {
      const answer = await find(signal, (options) =>
        client.send(new DescribeAddonCommand({ clusterName: cluster, addonName: name }), options),
      );
      return answer?.addon && toAddon(answer.addon);
    },

    async createAddon(cluster, name, tags, signal) {
      const input = { clusterName: cluster, addonName: name, tags: { ...tags } };
      const answer = await call(signal, (options) => client.send(new CreateAddonCommand(input), options));
      return toAddon(answer.addon);
    },

    async accessEntry(clusterName, principalArn, signal) {
      const input = { clusterName, principalArn };
      const entry = await find(signal, (options) => client.send(new DescribeAccessEntryCommand(input), options));
      if (entry === undefined) return undefined;
      const listed = await all(
        signal,
        (options) => paginateListAssociatedAccessPolicies({ client }, input, options),
        (page) => page.associatedAccessPolicies,
      );
      const wide = listed.filter((each) => each.accessScope?.type === "cluster");
      return { principalArn, clusterPolicies: wide.map((each) => each.policyArn ?? "") };
    },

    async createAccessEntry(clusterName, principalArn, tags, signal) {
      const command = new CreateAccessEntryCommand({ clusterName, principalArn, tags: { ...tags } });
      await call(signal, (options) => client.send(command, options));
    },

    async associatePolicy(clusterName, principalArn, policyArn, signal) {
      const input = { clusterName, principalArn, policyArn, accessScope: { type: "cluster" as const } };
      await call(signal, (options) => client.send(new AssociateAccessPolicyCommand(input), options));
    },
  };
  return { port, close: () => client.destroy() };
}

/**
 * Returns the same token for the same request in every process: EKS answers a repeated request with the first one's
 * result.
 */
function tokenOf(request: object): string {
  return createHash("sha256").update(JSON.stringify(request)).digest("hex").slice(0, 64);
}
