import type { Cluster } from "../port.ts";
import { readControlPlanes } from "./control-planes.ts";
import { readMeshPods } from "./mesh-pods.ts";
import { mtlsOf, type PeerAuthentication } from "./peer-authentication.ts";
import type { Istio } from "./port.ts";

/** Older lines serve v1beta1 alone, which says the same. */
const apiVersions = ["security.istio.io/v1", "security.istio.io/v1beta1"] as const;
const kind = "PeerAuthentication";

/** Istio by its objects, and by what its istiods say of their proxies. */
export function createIstio(cluster: Cluster): Istio {
  return {
    controlPlanes: (signal) => readControlPlanes(cluster, signal),
    pods: (namespace, signal) => readMeshPods(cluster, namespace, signal),
    async mtls(signal) {
      const policies: PeerAuthentication[] = [];
      for (const apiVersion of apiVersions) {
        if (!(await cluster.serves(apiVersion, kind, signal))) continue;
        for await (const page of cluster.list<PeerAuthentication>({ apiVersion, kind }, signal)) policies.push(...page);
        break;
      }
      return (pod) => mtlsOf(policies, pod);
    },
  };
}
