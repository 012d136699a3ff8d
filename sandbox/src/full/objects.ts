import type { KubeObject } from "../../../src/core/kubernetes/object.ts";

/**
 * What Istio, Argo CD and External Secrets expect in a cluster before they start: the objects that their installers
 * would create, as far as programs outside the cluster need them.
 */
export function fullObjects(awsRegion: string): readonly KubeObject[] {
  return [
    ...["istio-system", "argocd", "external-secrets"].map((name): KubeObject => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    })),
    argocd("ConfigMap", "argocd-cm", { data: { "application.resourceTrackingMethod": "annotation" } }),
    argocd("ConfigMap", "argocd-rbac-cm", { data: { "policy.default": "role:admin" } }),
    argocd("ConfigMap", "argocd-cmd-params-cm", {}),
    argocd("ConfigMap", "argocd-ssh-known-hosts-cm", { data: { ssh_known_hosts: "" } }),
    argocd("ConfigMap", "argocd-tls-certs-cm", {}),
    // Argo CD's API server adds the keys to it.
    argocd("Secret", "argocd-secret", {}),
    {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "AppProject",
      metadata: { name: "default", namespace: "argocd" },
      spec: {
        sourceRepos: ["*"],
        destinations: [{ server: "*", namespace: "*" }],
        clusterResourceWhitelist: [{ group: "*", kind: "*" }],
      },
    },
    // As `gennet region bootstrap` creates it; the operator has the sandbox's AWS key.
    {
      apiVersion: "external-secrets.io/v1",
      kind: "ClusterSecretStore",
      metadata: { name: "aws-secrets-manager" },
      spec: { provider: { aws: { service: "SecretsManager", region: awsRegion } } },
    },
  ];
}

/** Argo CD only sees objects with this label. */
function argocd(kind: string, name: string, rest: object): KubeObject {
  const labels = { "app.kubernetes.io/part-of": "argocd", "app.kubernetes.io/name": name };
  return { apiVersion: "v1", kind, metadata: { name, namespace: "argocd", labels }, ...rest };
}
