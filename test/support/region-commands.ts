import type { RegionCommands } from "../../src/gitops/reach-argocd.ts";

/** The commands about a region that is reached by the kubeconfig context of its name. */
export function commandsFor(name: string): RegionCommands {
  return {
    kubectl: (words) => `kubectl --context ${name} ${words}`,
    gennet: (words) => `gennet ${words} --region ${name}`,
  };
}
