import { clusterArn } from "../core/arn.ts";
import { shell, shellWord } from "../core/shell-words.ts";
import { awsFlags } from "../core/aws-flags.ts";
import type { Region } from "./schema.ts";

/** A target of a command: a region of gennet.yaml, or a kubeconfig context given with --context. */
export type Place =
  | { readonly name: string; readonly region: Region }
  | { readonly name: string; readonly context: string };

/** Returns the flag that selects a place: `--region eu`. */
export function flagOf(place: Place): string {
  return shell`${"region" in place ? "--region" : "--context"} ${place.name}`;
}

/**
 * Returns the name of the place's kubeconfig context. For a region without one, uses the cluster's ARN, which is the
 * name that `aws eks update-kubeconfig` gives contexts, so that no command runs against the current context by mistake.
 */
export function kubeContextOf(place: Place): string {
  return "context" in place ? place.context : (place.region.context ?? clusterArn(place.region));
}

/** Returns the ARN of the place's EKS cluster, which is also the usual name of its context. */
export function clusterArnOf(place: Place): string {
  return "context" in place ? place.context : clusterArn(place.region);
}

/** Returns the beginning of kubectl commands for the place's cluster: `kubectl --context eu`. */
export function kubectlOf(place: Place): string {
  return `kubectl --context ${shellWord(kubeContextOf(place))}`;
}

/** Returns the command that lists who has access to the EKS cluster of a region; undefined for a kubeconfig context. */
export function accessEntriesOf(place: Place): string | undefined {
  if (!("region" in place)) return undefined;
  return `${shell`aws eks list-access-entries --cluster-name ${place.region.cluster}`} ${awsFlags(place)}`;
}
