import { shellWord } from "../core/shell-words.ts";
import type { Region } from "./schema.ts";

/** Where a command looks: a region of gennet.yaml, or a bare kubeconfig context given by --context. */
export type Place =
  | { readonly name: string; readonly region: Region }
  | { readonly name: string; readonly context: string };

/**
 * How commands for the place's cluster begin: `kubectl --context eu`. A region without a context is called by its
 * cluster's ARN, as `aws eks update-kubeconfig` names contexts, so that none goes to whichever cluster is current.
 */
export function kubectlOf(place: Place): string {
  return `kubectl --context ${shellWord("context" in place ? place.context : contextOf(place.region))}`;
}

function contextOf({ context, awsRegion, accountId, cluster }: Region): string {
  const partition = /^(cn|us-gov)-/.exec(awsRegion)?.[1];
  const aws = partition === undefined ? "aws" : `aws-${partition}`;
  return context ?? `arn:${aws}:eks:${awsRegion}:${accountId}:cluster/${cluster}`;
}
