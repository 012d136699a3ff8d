import type { RegionCommands } from "../../src/gitops/reach-argocd.ts";

/** Returns the commands for a region whose kubeconfig context has its name. */
export function commandsFor(name: string): RegionCommands {
  return {
    kubectl: (words) => `kubectl --context ${name} ${words}`,
    gennet: (words) => `gennet ${words} --region ${name}`,
  };
}
