import type { Check } from "../core/check.ts";
import type { LocatedFinding } from "../core/finding.ts";
import { parseValid } from "../core/valid-yaml.ts";
import { offsetOf } from "../core/yaml-position.ts";
import { cautions } from "./across-regions.ts";
import { platformSchema } from "./schema.ts";
import { locationIn } from "./source-location.ts";

/** The fact that warnings about gennet.yaml as a whole are findings of. */
export const platformRegions: Pick<Check<never>, "id" | "title" | "explain"> = {
  id: "platform/regions",
  title: "regions of gennet.yaml",
  explain:
    "Compares the regions of gennet.yaml with each other. VPCs whose ranges overlap can never be peered, and a VPC keeps its range: give each region its own `network.cidr` before it is created. Two regions in one AWS region cannot both have a latency record of the domain, because Route 53 allows one for each AWS region.",
};

/**
 * Returns warnings about a valid gennet.yaml, each with its line and column: what works, but rules something out later.
 * `shownAs` is the file's name in messages.
 */
export function reviewPlatform(text: string, shownAs: string): readonly LocatedFinding[] {
  const { data, document, at } = parseValid({ text, shownAs }, platformSchema);
  return cautions(data).map(({ path, says }): LocatedFinding => {
    const place = at(offsetOf(document, path));
    const location = locationIn(shownAs, place);
    const { id } = platformRegions;
    return { id, severity: "warn", subject: place, summary: `${path.join(".")}: ${says}`, location };
  });
}
