import { relative } from "node:path";
import type { Context } from "../../context.ts";
import type { LocatedFinding } from "../../core/finding.ts";
import { findPlatform } from "../../platform/load.ts";
import { reviewPlatform } from "../../platform/review.ts";

/** Returns warnings about the regions of a valid gennet.yaml as a whole. */
export async function reviewed({ host, options }: Context): Promise<readonly LocatedFinding[]> {
  const { path, text } = await findPlatform(host.cwd, options.config);
  return reviewPlatform(text, relative(host.cwd, path));
}
