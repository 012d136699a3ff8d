import { AppError } from "../core/error.ts";

/** Parses `eu=eu-west-1` into name and AWS region, keeping the order. Throws USAGE_INVALID. */
export function readRegions(values: readonly string[]): readonly { name: string; awsRegion: string }[] {
  const regions = values.map((value) => {
    const [, name, awsRegion] = /^([^=]+)=([^=]+)$/.exec(value) ?? [];
    if (name !== undefined && awsRegion !== undefined) return { name, awsRegion };
    throw new AppError("USAGE_INVALID", `--region ${value}: expected NAME=AWS_REGION, such as eu=eu-west-1.`);
  });
  const names = regions.map((region) => region.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new AppError("USAGE_INVALID", `--region ${twice}=…: expected a unique name, but "${twice}" is already used.`);
  }
  return regions;
}

/**
 * Returns the values of a flag for each region: `VALUE` applies to all of them, and `NAME=VALUE` to one, which has
 * precedence. Throws USAGE_INVALID for a region that is not in `names`.
 */
export function readPerRegion(
  flag: string,
  values: readonly string[],
  names: readonly string[],
): (name: string) => string | undefined {
  const own = new Map<string, string>();
  let all: string | undefined;
  for (const value of values) {
    const [, name, text] = /^([^=]+)=(.*)$/.exec(value) ?? [];
    if (name === undefined || text === undefined) all = value;
    else if (names.includes(name)) own.set(name, text);
    else {
      throw new AppError("USAGE_INVALID", `${flag} ${value}: there is no region "${name}".`, {
        next: [names.length === 0 ? "Define regions with --region NAME=AWS_REGION." : `Regions: ${names.join(", ")}`],
      });
    }
  }
  return (name) => own.get(name) ?? all;
}
