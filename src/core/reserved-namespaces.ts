/** Namespaces of what `region bootstrap` installs; it makes them itself. */
export const systemNamespaces = ["istio-system", "argocd", "external-secrets"] as const;

/** Names of namespaces that are taken in every cluster, and by what. */
const reserved: readonly (readonly [pattern: RegExp, holder: string])[] = [
  // https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
  [/^kube-/, "Kubernetes"],
  [/^default$/, "Kubernetes"],
  [/^istio-/, "Istio"],
  [/^argocd$/, "Argo CD"],
  [/^external-secrets$/, "External Secrets"],
  // Where the collector of a platform's telemetry runs: docs/adr/0010-the-delivery-of-a-service.md
  [/^monitoring$/, "the OpenTelemetry Collector"],
  // Made by add-ons of EKS: https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
  [/^(amazon-.+|aws-observability)$/, "AWS"],
];

/** Returns what uses a namespace of this name already; undefined where it is free for a platform or a service. */
export function namespaceHolder(name: string): string | undefined {
  return reserved.find(([pattern]) => pattern.test(name))?.[1];
}
