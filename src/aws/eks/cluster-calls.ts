import {
  AssociateEncryptionConfigCommand,
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClusterCommand,
  DescribeClusterVersionsCommand,
  TagResourceCommand,
  UpdateClusterConfigCommand,
} from "@aws-sdk/client-eks";
import type { EksCalls } from "./calls.ts";
import type { Eks } from "./port.ts";
import { unknownRole, updateInProgress } from "./refused-for-now.ts";
import { oncePassed } from "../passing-refusal.ts";
import { withOfferedZones } from "./offered-zones.ts";
import { toAutoMode, toCluster, toClusterUpdate, toEncryption, toLogging, toVpcConfig } from "./shapes.ts";

type ClusterCalls = Pick<
  Eks,
  "defaultVersion" | "cluster" | "createCluster" | "tag" | "updateCluster" | "deleteCluster"
>;

/** Returns the calls for clusters. */
export function clusterCalls({ client, session, call, find, update }: EksCalls): ClusterCalls {
  return {
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
        resourcesVpcConfig: { subnetIds: [...cluster.subnetIds], ...toVpcConfig(cluster) },
        // Access for the creator is an ordinary access entry, which a separate step creates.
        accessConfig: {
          authenticationMode: cluster.authenticationMode as "API",
          bootstrapClusterCreatorAdminPermissions: false,
        },
        // Add-ons are those of EKS, each in its own step. Auto Mode demands that there are no others.
        bootstrapSelfManagedAddons: false,
        logging: toLogging(cluster.logging),
        upgradePolicy: { supportType: cluster.supportType as "STANDARD" },
        deletionProtection: cluster.deletionProtection,
        zonalShiftConfig: { enabled: cluster.zonalShift },
        ...(cluster.encryptionKeyArn === undefined ? {} : { encryptionConfig: toEncryption(cluster.encryptionKeyArn) }),
        ...(cluster.auto === undefined ? {} : toAutoMode(cluster.auto)),
        tags: { ...cluster.tags },
      });
      const answer = await oncePassed(session, signal, unknownRole, () =>
        call(signal, (options) => client.send(command, options)),
      ).catch((error: unknown) => {
        throw withOfferedZones(error);
      });
      return toCluster(answer.cluster);
    },

    async tag(resourceArn, tags, signal) {
      const command = new TagResourceCommand({ resourceArn, tags: { ...tags } });
      await call(signal, (options) => client.send(command, options));
    },

    async updateCluster(name, change, signal) {
      if (change.change === "encryption") {
        const input = { clusterName: name, encryptionConfig: toEncryption(change.keyArn) };
        const command = new AssociateEncryptionConfigCommand(input);
        return update({ name }, (options) => client.send(command, options), signal);
      }
      const command = new UpdateClusterConfigCommand({ name, ...toClusterUpdate(change) });
      await update({ name }, (options) => client.send(command, options), signal);
    },

    async deleteCluster(name, signal) {
      await oncePassed(session, signal, updateInProgress, () =>
        find(signal, (options) => client.send(new DeleteClusterCommand({ name }), options)),
      );
    },
  };
}
