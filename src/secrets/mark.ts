import { createHash } from "node:crypto";
import type { ConsumerPod } from "../k8s/workloads/port.ts";

/**
 * The annotation of a pod template that names the version of a secret that its pods were created with, and the run. It
 * is written only after the Kubernetes Secret was seen to hold that version, so every pod that has it was created
 * later.
 */
export interface Mark {
  readonly annotation: string;
  readonly value: string;
}

export function markOf(secret: string, version: string, run: string): Mark {
  return { annotation: annotationOf(secret), value: `${version} ${run}` };
}

/** Returns the version that a pod was created with, if it has the annotation. */
export function markedVersion(secret: string, { annotations }: Pick<ConsumerPod, "annotations">): string | undefined {
  return annotations[annotationOf(secret)]?.split(" ")[0];
}

function annotationOf(secret: string): string {
  const readable = secret
    .replace(/[^A-Za-z0-9.-]+/g, ".")
    .slice(0, 50)
    .replace(/^[^A-Za-z0-9]+/, "");
  return `secrets.gennet.dev/${readable}-${createHash("sha256").update(secret).digest("hex").slice(0, 8)}`;
}
