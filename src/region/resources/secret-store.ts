import { ownLabels } from "../world.ts";
import { kubernetesObjects } from "./kubernetes-objects.ts";
import { namespaces } from "./namespaces.ts";

/** Where External Secrets reads from; it signs in with the identity of its own pods. */
export const secretStore = kubernetesObjects({
  id: "secret-store",
  title: "Secret store",
  needs: [namespaces],
  from: "External Secrets",
  objects: (world) => [
    {
      apiVersion: "external-secrets.io/v1",
      kind: "ClusterSecretStore",
      metadata: { name: "aws-secrets-manager", labels: ownLabels(world) },
      spec: { provider: { aws: { service: "SecretsManager", region: world.region.awsRegion } } },
    },
  ],
});
