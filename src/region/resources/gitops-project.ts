import { ownLabels } from "../world.ts";
import { kubernetesObjects } from "./kubernetes-objects.ts";
import { namespaces } from "./namespaces.ts";

/** Argo CD applications of the platform come from its GitOps repository alone, into this cluster alone. */
export const gitopsProject = kubernetesObjects({
  id: "gitops-project",
  title: "Argo CD project",
  needs: [namespaces],
  from: "Argo CD",
  objects: (world) => [
    {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "AppProject",
      metadata: { name: world.platform.name, namespace: "argocd", labels: ownLabels(world) },
      spec: {
        description: `Services of the platform ${world.platform.name}`,
        sourceRepos: world.platform.gitops === undefined ? [] : [world.platform.gitops.repository],
        destinations: [{ server: "https://kubernetes.default.svc", namespace: "*" }],
        clusterResourceWhitelist: [{ group: "", kind: "Namespace" }],
      },
    },
  ],
});
