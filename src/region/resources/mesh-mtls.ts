import { ownLabels } from "../world.ts";
import { kubernetesObjects } from "./kubernetes-objects.ts";
import { namespaces } from "./namespaces.ts";

/** In Istio's root namespace a PeerAuthentication named `default` holds for the whole mesh. */
export const meshMtls = kubernetesObjects({
  id: "mesh-mtls",
  title: "Strict mTLS in the mesh",
  needs: [namespaces],
  from: "Istio",
  objects: (world) => [
    {
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { name: "default", namespace: "istio-system", labels: ownLabels(world) },
      spec: { mtls: { mode: "STRICT" } },
    },
  ],
});
