import { applicationServer, ownCluster, projectsOf } from "../../../core/argocd-names.ts";
import type { KubeObject } from "../../../core/kubernetes/object.ts";
import { applicationHealthSettings } from "../../components/argo-cd.ts";
import { argoCdNamespace, isCapability } from "../../components/component.ts";
import { ownLabels, type RegionWorld } from "../../world.ts";
import { kubernetesObjects } from "../kubernetes-objects.ts";
import { argoCdCapability } from "./capability.ts";
import { capabilityAccess } from "./capability-access.ts";

/**
 * What EKS's Argo CD reads in the cluster: that this cluster is a destination, and how healthy an Application is.
 * https://docs.aws.amazon.com/eks/latest/userguide/argocd-configure-settings.html
 */
export const capabilityObjects = kubernetesObjects({
  id: "argocd-capability-objects",
  title: "Settings of EKS's Argo CD",
  needs: [argoCdCapability, capabilityAccess],
  wanted: isCapability,
  objects: (world) => [destination(world), settings(world)],
});

/** A Secret by Argo CD's rules; nothing in it is secret. */
function destination(world: RegionWorld): KubeObject {
  const { platform, region } = world;
  const { name } = ownCluster;
  const data = { name, server: applicationServer(platform, region), project: projectsOf(platform).services };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      namespace: argoCdNamespace,
      labels: { ...ownLabels(world), "argocd.argoproj.io/secret-type": "cluster" },
    },
    type: "Opaque",
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")])),
  };
}

function settings(world: RegionWorld): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "argocd-cm",
      namespace: argoCdNamespace,
      // EKS reads it only with this label.
      labels: { ...ownLabels(world), "app.kubernetes.io/part-of": "argocd" },
    },
    data: applicationHealthSettings,
  };
}
