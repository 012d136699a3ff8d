import type { Region } from "../platform/schema.ts";

/** Returns the Kubernetes version that gennet.yaml has for a region; `kubernetesVersion` is an older spelling. */
export function kubernetesVersion({ kubernetes, kubernetesVersion: older }: Region): string | undefined {
  return kubernetes.version ?? older;
}
