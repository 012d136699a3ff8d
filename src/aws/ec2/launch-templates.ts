import { createHash } from "node:crypto";
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  paginateDescribeLaunchTemplates,
  paginateDescribeLaunchTemplateVersions,
  type RequestLaunchTemplateData,
  type ResponseLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { isAbsent } from "../errors.ts";
import { fromTags } from "../tags.ts";
import type { Ec2Calls } from "./calls.ts";
import type { LaunchSettings, LaunchTemplates, LaunchVersion } from "./launch-template.ts";
import { tagged } from "./shapes.ts";

/** The root device of the images for EKS: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html */
const rootDevice = "/dev/xvda";

/** Returns the calls for launch templates. */
export function launchTemplateCalls({ client, careful, call, all, createdOnce }: Ec2Calls): LaunchTemplates {
  const port: LaunchTemplates = {
    async launchTemplate(name, signal) {
      // A filter finds nothing where a name would be an error.
      const filter = { Filters: [{ Name: "launch-template-name", Values: [name] }] };
      const [template] = await all(
        signal,
        (options) => paginateDescribeLaunchTemplates({ client }, filter, options),
        (page) => page.LaunchTemplates,
      );
      const id = template?.LaunchTemplateId;
      if (id === undefined) return undefined;
      const versions = { LaunchTemplateId: id, Versions: ["$Latest"] };
      const [latest] = await all(
        signal,
        (options) => paginateDescribeLaunchTemplateVersions({ client }, versions, options),
        (page) => page.LaunchTemplateVersions,
      );
      return {
        id,
        name,
        latestVersion: latest?.VersionNumber ?? template?.LatestVersionNumber ?? 0,
        latest: toVersion(latest?.LaunchTemplateData),
        tags: fromTags(template?.Tags),
      };
    },

    createLaunchTemplate: (name, settings, tags, signal) =>
      createdOnce(
        signal,
        async (options) => {
          const command = new CreateLaunchTemplateCommand({
            LaunchTemplateName: name,
            LaunchTemplateData: toData(settings),
            TagSpecifications: tagged("launch-template", tags),
          });
          return (await careful.send(command, options)).LaunchTemplate?.LaunchTemplateId;
        },
        async () => (await port.launchTemplate(name, signal))?.id,
      ),

    async addLaunchTemplateVersion({ id, latestVersion }, settings, signal) {
      const data = toData(settings);
      const attempt = JSON.stringify([id, latestVersion, data]);
      const command = new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: id,
        LaunchTemplateData: data,
        ClientToken: createHash("sha256").update(attempt).digest("hex"),
      });
      await call(signal, (options) => client.send(command, options));
    },

    async deleteLaunchTemplate(id, signal) {
      await call(signal, async (options) => {
        try {
          await client.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id }), options);
        } catch (error) {
          const gone = isAbsent(error) || (error instanceof Error && error.name.endsWith(".NotFoundException"));
          if (!gone) throw error;
        }
      });
    },
  };
  return port;
}

function toData({ diskGb, diskKeyArn, metadataHops, tags }: LaunchSettings): RequestLaunchTemplateData {
  return {
    BlockDeviceMappings: [
      {
        DeviceName: rootDevice,
        Ebs: {
          VolumeSize: diskGb,
          VolumeType: "gp3",
          Encrypted: true,
          KmsKeyId: diskKeyArn,
          DeleteOnTermination: true,
        },
      },
    ],
    MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: metadataHops, HttpEndpoint: "enabled" },
    TagSpecifications: [...tagged("instance", tags), ...tagged("volume", tags)],
  };
}

function toVersion(data: ResponseLaunchTemplateData | undefined): LaunchVersion {
  const disk = data?.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === rootDevice)?.Ebs;
  const hops = data?.MetadataOptions?.HttpPutResponseHopLimit;
  const instances = data?.TagSpecifications?.find(({ ResourceType }) => ResourceType === "instance");
  return {
    ...(disk?.VolumeSize === undefined ? {} : { diskGb: disk.VolumeSize }),
    ...(disk?.VolumeType === undefined ? {} : { diskType: disk.VolumeType }),
    ...(disk?.KmsKeyId === undefined ? {} : { diskKeyArn: disk.KmsKeyId }),
    diskEncrypted: disk?.Encrypted === true,
    ...(hops === undefined ? {} : { metadataHops: hops }),
    metadataTokens: data?.MetadataOptions?.HttpTokens === "required",
    ...(instances === undefined ? {} : { tags: fromTags(instances.Tags) }),
  };
}
