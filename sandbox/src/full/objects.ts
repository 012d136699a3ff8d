import type { KubeObject } from "../../../src/core/kubernetes/object.ts";

/**
 * What Istio, Argo CD and External Secrets expect in a cluster before they start: what their installers would put
 * there, as far as programs beside the cluster need it.
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
    // Its API server puts the keys into it.
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
    // As `gennet region bootstrap` makes it; the operator has the sandbox's AWS key.
    {
      apiVersion: "external-secrets.io/v1",
      kind: "ClusterSecretStore",
      metadata: { name: "aws-secrets-manager" },
      spec: { provider: { aws: { service: "SecretsManager", region: awsRegion } } },
    },
  ];
}

/** Argo CD sees only what has this label. */
function argocd(kind: string, name: string, rest: object): KubeObject {
  const labels = { "app.kubernetes.io/part-of": "argocd", "app.kubernetes.io/name": name };
  return { apiVersion: "v1", kind, metadata: { name, namespace: "argocd", labels }, ...rest };
}
