import type { KubeObject } from "../../../core/kubernetes/object.ts";

/** https://docs.aws.amazon.com/eks/latest/userguide/rollback-automode.html (do-not-disrupt annotations) */
export const doNotDisrupt = "karpenter.sh/do-not-disrupt";

/** Returns whether Auto Mode must not end a pod, or replace a node, by itself. */
export function isKept({ metadata }: Pick<KubeObject, "metadata">): boolean {
  return metadata.annotations?.[doNotDisrupt] === "true";
}
