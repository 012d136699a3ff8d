import { shell } from "./shell-words.ts";

interface AwsPlace {
  readonly awsRegion: string;
  readonly profile?: string | undefined;
}

/** Returns the flags with which the AWS CLI works in the region: `--region eu-west-1 --profile ops`. */
export function awsFlags({ region }: { readonly region: AwsPlace }): string {
  const place = shell`--region ${region.awsRegion}`;
  return region.profile === undefined ? place : `${place} ${shell`--profile ${region.profile}`}`;
}
