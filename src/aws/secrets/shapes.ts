import type { DescribeSecretResponse, SecretListEntry } from "@aws-sdk/client-secrets-manager";
import { fromTags } from "../tags.ts";
import type { SecretDescription, SecretSummary } from "./port.ts";

export function toSummary(secret: SecretListEntry): SecretSummary {
  return {
    name: secret.Name ?? "",
    arn: secret.ARN ?? "",
    ...(secret.PrimaryRegion && { primaryRegion: secret.PrimaryRegion }),
    ...(secret.LastChangedDate && { changedAt: secret.LastChangedDate }),
    rotatedByAws: secret.RotationEnabled === true,
    tags: fromTags(secret.Tags),
    ...(secret.OwningService && { owner: secret.OwningService }),
    ...(secret.DeletedDate && { deletedAt: secret.DeletedDate }),
  };
}

export function toDescription(secret: DescribeSecretResponse): SecretDescription {
  return {
    ...toSummary(secret),
    versions: secret.VersionIdsToStages ?? {},
    replicas: (secret.ReplicationStatus ?? []).map(({ Region = "", Status = "", StatusMessage }) => ({
      awsRegion: Region,
      status: Status,
      ...(StatusMessage && { message: StatusMessage }),
    })),
  };
}
