import { clusterArn } from "../core/arn.ts";
import { shell, shellWord } from "../core/shell-words.ts";
import type { Region } from "./schema.ts";

/** Where a command looks: a region of gennet.yaml, or a bare kubeconfig context given by --context. */
export type Place =
  | { readonly name: string; readonly region: Region }
  | { readonly name: string; readonly context: string };

/** The flag by which gennet finds a place: `--region eu`. */
export function flagOf(place: Place): string {
  return shell`${"region" in place ? "--region" : "--context"} ${place.name}`;
}

/**
 * How commands for the place's cluster begin: `kubectl --context eu`. A region without a context is called by its
 * cluster's ARN, as `aws eks update-kubeconfig` names contexts, so that none goes to whichever cluster is current.
 */
export function kubectlOf(place: Place): string {
  const context = "context" in place ? place.context : (place.region.context ?? clusterArn(place.region));
  return `kubectl --context ${shellWord(context)}`;
}
