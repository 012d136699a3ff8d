import { applicationServer, projectsOf } from "../../core/argocd-names.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { ComponentWorld } from "../components/component.ts";
import { ownLabels } from "../world.ts";
import { kubernetesObjects } from "./kubernetes-objects.ts";
import { namespaces } from "./namespaces.ts";

/** In Istio's root namespace, a PeerAuthentication named `default` applies to the whole mesh. */
export const strictMtls = kubernetesObjects({
  id: "mesh-mtls",
  title: "Strict mTLS in the mesh",
  needs: [namespaces],
  from: "Istio",
  objects: (world) => [meshMtls(world)],
});

export function meshMtls(world: Pick<ComponentWorld, "platform">): KubeObject {
  return {
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    metadata: { name: "default", namespace: "istio-system", labels: ownLabels(world) },
    spec: { mtls: { mode: "STRICT" } },
  };
}

/** The store that External Secrets reads from, with the identity of its own pods. */
export const secretStore = kubernetesObjects({
  id: "secret-store",
  title: "Secret store",
  needs: [namespaces],
  from: "External Secrets",
  objects: (world) => [secretStoreObject(world)],
});

export function secretStoreObject(world: ComponentWorld): KubeObject {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ClusterSecretStore",
    metadata: { name: "aws-secrets-manager", labels: ownLabels(world) },
    spec: { provider: { aws: { service: "SecretsManager", region: world.region.awsRegion } } },
  };
}

/** The Argo CD project that limits the platform's Applications to its GitOps repository and this cluster. */
export const argoCdProject = kubernetesObjects({
  id: "gitops-project",
  title: "Argo CD project",
  needs: [namespaces],
  from: "Argo CD",
  objects: (world) => [servicesProject(world)],
});

/** The project of the services' Applications. */
export function servicesProject({ platform, region }: Pick<ComponentWorld, "platform" | "region">): KubeObject {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AppProject",
    metadata: { name: projectsOf(platform).services, namespace: "argocd", labels: ownLabels({ platform }) },
    spec: {
      description: `Services of the platform ${platform.name}`,
      sourceRepos: platform.gitops === undefined ? [] : [platform.gitops.repository],
      destinations: [{ server: applicationServer(platform, region), namespace: "*" }],
      clusterResourceWhitelist: [{ group: "", kind: "Namespace" }],
    },
  };
}
