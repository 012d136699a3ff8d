/** Namespaces that `region bootstrap` creates for what it installs. */
export const systemNamespaces = ["istio-system", "argocd", "external-secrets"] as const;
/** Namespaces of what a `platform` in gennet.yaml brings, in addition. */
export const componentNamespaces = ["istio-ingress", "monitoring"] as const;
/** Where an upgrade of Istio tries the new istiod first. */
export const canaryNamespace = "istio-canary";

/** Namespaces that every cluster uses, and what uses them. */
const reserved: readonly (readonly [pattern: RegExp, holder: string])[] = [
  // https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
  [/^kube-/, "Kubernetes"],
  [/^default$/, "Kubernetes"],
  [/^istio-/, "Istio"],
  [/^argocd$/, "Argo CD"],
  [/^external-secrets$/, "External Secrets"],
  // The namespace of the platform's telemetry collector: docs/adr/0010-the-delivery-of-a-service.md
  [/^monitoring$/, "the OpenTelemetry Collector"],
  [/^neo4j$/, "Neo4j"],
  // Made by add-ons of EKS: https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
  [/^(amazon-.+|aws-observability)$/, "AWS"],
];

/** Returns what already uses this namespace; undefined if a platform or a service may use it. */
export function namespaceHolder(name: string): string | undefined {
  return reserved.find(([pattern]) => pattern.test(name))?.[1];
}
