import { AppError } from "../../core/error.ts";
import { defaultRootNamespace, type PeerAuthentication } from "../../istio/peer-authentication.ts";
import { type MeshSettings, meshSettingsIn } from "../../istio/mesh-settings.ts";
import type { Cluster, KubeObject } from "../port.ts";
import { readControlPlanes, readIstiods } from "./control-planes.ts";
import { readMeshPods } from "./mesh-pods.ts";
import type { Istio, IstiodPod } from "./port.ts";

/** Older lines serve v1beta1 alone, which says the same. */
const apiVersions = ["security.istio.io/v1", "security.istio.io/v1beta1"] as const;

/** Istio by its objects, and by what its istiods say of their proxies. */
export function createIstio(cluster: Cluster): Istio {
  return {
    istiods: (signal) => readIstiods(cluster, signal),
    controlPlanes: (istiods, signal) => readControlPlanes(cluster, istiods, signal),
    settings: (istiods, signal) => readSettings(cluster, istiods, signal),
    pods: (namespace, signal) => readMeshPods(cluster, namespace, signal),
    async peerAuthentications(signal) {
      const kind = "PeerAuthentication";
      const policies: (PeerAuthentication & KubeObject)[] = [];
      for (const apiVersion of apiVersions) {
        if (!(await cluster.serves(apiVersion, kind, signal))) continue;
        const pages = cluster.list<PeerAuthentication & KubeObject>({ apiVersion, kind }, signal);
        for await (const page of pages) policies.push(...page);
        break;
      }
      return policies;
    },
  };
}

/** Every revision has a config map; those of one mesh name one root namespace. */
async function readSettings(
  cluster: Cluster,
  istiods: readonly IstiodPod[],
  signal: AbortSignal,
): Promise<MeshSettings> {
  const [istiod] = istiods;
  const { namespace = defaultRootNamespace, revision = "default" } = istiod ?? {};
  const name = revision === "default" ? "istio" : `istio-${revision}`;
  try {
    const found = await cluster.get({ apiVersion: "v1", kind: "ConfigMap", namespace, name }, signal);
    const { mesh } = (found?.["data"] ?? {}) as { readonly mesh?: string };
    return mesh === undefined ? { rootNamespace: namespace } : meshSettingsIn(mesh);
  } catch (error) {
    signal.throwIfAborted();
    // Charts make istiod's namespace the root namespace unless they are told otherwise.
    if (error instanceof AppError && error.code === "KUBE_DENIED") return { rootNamespace: namespace };
    throw error;
  }
}
