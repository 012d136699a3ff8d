import type {
  ReplicationRule as SdkRule,
  Repository as SdkRepository,
  RepositoryCreationTemplate,
} from "@aws-sdk/client-ecr";
import { canonicalJson } from "../../core/canonical-json.ts";
import type { Tags } from "../tags.ts";
import type { CreationTemplate, ImageRepository, ReplicationRule } from "./port.ts";

export function toRepository(repository: SdkRepository, policy: string | undefined, tags: Tags): ImageRepository {
  return {
    name: repository.repositoryName ?? "",
    arn: repository.repositoryArn ?? "",
    uri: repository.repositoryUri ?? "",
    immutableTags: repository.imageTagMutability === "IMMUTABLE",
    scansOnPush: repository.imageScanningConfiguration?.scanOnPush ?? false,
    encryption: repository.encryptionConfiguration?.encryptionType ?? "AES256",
    ...(policy && { lifecyclePolicy: canonicalJson(JSON.parse(policy) as object) }),
    tags,
  };
}

export function toRule({ destinations = [], repositoryFilters = [] }: SdkRule): ReplicationRule {
  return {
    destinations: destinations.map(({ region = "", registryId = "" }) => ({
      awsRegion: region,
      accountId: registryId,
    })),
    prefixes: repositoryFilters.map(({ filter = "" }) => filter),
  };
}

export function fromRule({ destinations, prefixes }: ReplicationRule): SdkRule {
  return {
    destinations: destinations.map(({ awsRegion, accountId }) => ({ region: awsRegion, registryId: accountId })),
    ...(prefixes.length === 0
      ? {}
      : { repositoryFilters: prefixes.map((filter) => ({ filter, filterType: "PREFIX_MATCH" as const })) }),
  };
}

export function toTemplate(template: RepositoryCreationTemplate): CreationTemplate {
  return {
    prefix: template.prefix ?? "",
    appliedFor: template.appliedFor ?? [],
    immutableTags: template.imageTagMutability === "IMMUTABLE",
    encryption: template.encryptionConfiguration?.encryptionType ?? "AES256",
    ...(template.lifecyclePolicy && { lifecyclePolicy: canonicalJson(JSON.parse(template.lifecyclePolicy) as object) }),
    description: template.description ?? "",
  };
}
