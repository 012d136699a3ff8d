import type { RegionWorld } from "../world.ts";

/** Returns why a cluster cannot get a version; undefined if EKS offers it. */
export async function whyNotOffered(
  version: string,
  { aws, region }: Pick<RegionWorld, "aws" | "region">,
  signal: AbortSignal,
): Promise<string | undefined> {
  const versions = await (await aws.service("eks")).versions(signal);
  const offered = versions.filter(({ support }) => support !== "UNSUPPORTED").map((each) => each.version);
  if (offered.includes(version)) return undefined;
  return `EKS does not offer Kubernetes ${version} in ${region.awsRegion}, but ${offered.join(", ")}`;
}
