export type Tags = Readonly<Record<string, string>>;

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** Converts tags to the format of EC2, IAM and Secrets Manager. EKS accepts our format. */
export function toTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function fromTags(tags: readonly Tag[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}
