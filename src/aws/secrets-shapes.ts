import type { DescribeSecretResponse, SecretListEntry } from "@aws-sdk/client-secrets-manager";
import type { SecretDescription, SecretSummary } from "./secrets-port.ts";

export function toSummary(secret: SecretListEntry): SecretSummary {
  return {
    name: secret.Name ?? "",
    arn: secret.ARN ?? "",
    ...(secret.PrimaryRegion && { primaryRegion: secret.PrimaryRegion }),
    ...(secret.LastChangedDate && { changedAt: secret.LastChangedDate }),
    rotatedByAws: secret.RotationEnabled === true,
    tags: Object.fromEntries((secret.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
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
