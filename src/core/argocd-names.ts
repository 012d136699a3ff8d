import { clusterArn, type ClusterIdentity } from "./arn.ts";

/** Argo CD's names for the cluster that it runs in: https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters */
export const ownCluster = { server: "https://kubernetes.default.svc", name: "in-cluster" } as const;

/** What a gennet.yaml says about the Argo CD of its regions. */
export interface ArgoCdChoice {
  readonly name: string;
  readonly gitops?: { readonly argocd: "managed" | "capability" | "external" } | undefined;
}

/** Returns whether EKS runs Argo CD, outside of the clusters. */
export function isRunByEks({ gitops }: Pick<ArgoCdChoice, "gitops">): boolean {
  return gitops?.argocd === "capability";
}

/** Returns whether an Application or a project calls a cluster as only Argo CD of EKS does. */
export function isNameOfEks(server: string | undefined): boolean {
  return server?.startsWith("arn:") === true;
}

/** Returns what Applications call a region's cluster. Argo CD of EKS does not run in it, and knows it by its ARN. */
export function applicationServer(platform: Pick<ArgoCdChoice, "gitops">, region: ClusterIdentity): string {
  return isRunByEks(platform) ? clusterArn(region) : ownCluster.server;
}

/**
 * Returns the projects of Applications. In Argo CD of EKS, a cluster belongs to one project, so services and components
 * share it. https://docs.aws.amazon.com/eks/latest/userguide/argocd-register-clusters.html
 */
export function projectsOf(platform: ArgoCdChoice): { readonly services: string; readonly components: string } {
  const { name } = platform;
  return { services: name, components: isRunByEks(platform) ? name : `${name}-platform` };
}
