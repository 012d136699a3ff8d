import type { SourceLocation } from "../core/finding.ts";
import { parseValid } from "../core/valid-yaml.ts";
import { offsetOf } from "../core/yaml-position.ts";
import { platformSchema } from "./schema.ts";
import { locationIn } from "./source-location.ts";

/**
 * Returns where a valid gennet.yaml has the Kubernetes version of a region; undefined if it has none, which means the one
 * that the cluster has. `shownAs` is the file's name in messages.
 */
export function placeOfVersion(text: string, shownAs: string, region: string): SourceLocation | undefined {
  const { data, document, at } = parseValid({ text, shownAs }, platformSchema);
  const index = data.regions.findIndex(({ name }) => name === region);
  const found = data.regions[index];
  if (found?.kubernetes.version === undefined && found?.kubernetesVersion === undefined) return undefined;
  const own = found.kubernetes.version === undefined ? ["kubernetesVersion"] : ["kubernetes", "version"];
  return locationIn(shownAs, at(offsetOf(document, ["regions", index, ...own])));
}
