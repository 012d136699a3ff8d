import { AppError } from "../../src/core/error.ts";

/** A sandbox's name is also the name of a folder. */
export function requireName(name: string): string {
  if (/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) return name;
  throw new AppError("USAGE_INVALID", `--name: "${name}" is not a name of lower-case letters, digits and dashes.`, {
    next: ["It starts with a letter, does not end with a dash, and has at most 32 characters."],
  });
}

/** Parses the AWS regions of --regions; undefined if there are none. */
export function requireRegions(regions: readonly string[]): readonly string[] | undefined {
  if (regions.length === 0) return undefined;
  const wrong = regions.find((region) => !/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region));
  if (wrong !== undefined) {
    throw new AppError("USAGE_INVALID", `--regions: "${wrong}" is not an AWS region such as eu-west-1.`);
  }
  const doubled = regions.find((region, at) => regions.indexOf(region) !== at);
  if (doubled !== undefined) throw new AppError("USAGE_INVALID", `--regions: ${doubled} is given twice.`);
  return regions;
}

/** Returns the name of a region's EKS cluster, which `sandbox env --platform` uses too. */
export function clusterName(awsRegion: string): string {
  return `sandbox-${awsRegion}`;
}
