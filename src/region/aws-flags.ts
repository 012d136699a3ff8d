import { shell } from "../core/shell-words.ts";
import type { RegionWorld } from "./world.ts";

/** Returns the flags with which the AWS CLI works in the region: `--region eu-west-1 --profile ops`. */
export function awsFlags({ region }: Pick<RegionWorld, "region">): string {
  const place = shell`--region ${region.awsRegion}`;
  return region.profile === undefined ? place : `${place} ${shell`--profile ${region.profile}`}`;
}
