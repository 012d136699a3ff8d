import type { KubeObject } from "../../src/core/kubernetes/object.ts";
import type { MemoryCluster } from "./memory-cluster.ts";

const apps = ["shop/orders", "shop/payments", "istio-ingress/istio-ingress"];

/** Puts Deployments into a cluster, each with a pod whose proxy comes from the istiod of Istio 1.31.0. */
export function runMeshedWorkloads(kube: Pick<MemoryCluster, "store">): void {
  for (const app of apps) {
    const [namespace = "", name = ""] = app.split("/");
    kube.store(meshedDeployment(namespace, name));
    kube.store(meshedPod(namespace, name));
  }
}

/** Returns a Deployment of one pod, which is available. */
export function meshedDeployment(namespace: string, name: string, spec: object = {}): KubeObject {
  const matchLabels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: { replicas: 1, selector: { matchLabels }, template: { metadata: { labels: matchLabels } }, ...spec },
    status: { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
  };
}

/** Returns the pod of a Deployment, with a proxy of this revision; without `owned`, a pod that nothing replaces. */
export function meshedPod(namespace: string, name: string, revision = "1-31-0", owned = true): KubeObject {
  const hash = "5d8f";
  const labels = { app: name, "pod-template-hash": hash };
  const ownerReferences = [{ kind: "ReplicaSet", name: `${name}-${hash}`, controller: true }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${name}-${hash}-x`,
      namespace,
      labels,
      annotations: { "istio.io/rev": revision },
      ...(owned ? { ownerReferences } : {}),
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  };
}
