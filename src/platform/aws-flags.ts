import { shell } from "../core/shell-words.ts";
import type { Region } from "./schema.ts";

/** Returns the flags with which the AWS CLI works in the region: `--region eu-west-1 --profile ops`. */
export function awsFlags({ region }: { readonly region: Pick<Region, "awsRegion" | "profile"> }): string {
  const place = shell`--region ${region.awsRegion}`;
  return region.profile === undefined ? place : `${place} ${shell`--profile ${region.profile}`}`;
}
