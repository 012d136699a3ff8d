import { AppError } from "../../core/error.ts";
import { itemsOf } from "../../core/items-of.ts";
import { texts } from "../../core/fields.ts";
import type { DestinationRule } from "../../istio/merged-rules.ts";
import { defaultRootNamespace, type PeerAuthentication } from "../../istio/peer-authentication.ts";
import { type MeshSettings, meshSettingsIn } from "../../istio/mesh-settings.ts";
import type { ServiceFacts, ServicePort } from "../../istio/policy-ports.ts";
import type { Cluster } from "../port.ts";
import { readControlPlanes, readIstiods } from "./control-planes.ts";
import { readMeshPods } from "./mesh-pods.ts";
import type { Istio, IstiodPod } from "./port.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";

type Policy = PeerAuthentication & KubeObject;

/** Reads Istio from its objects, and from what its istiods report about their proxies. */
export function createIstio(cluster: Cluster): Istio {
  return {
    istiods: (signal) => readIstiods(cluster, signal),
    controlPlanes: (istiods, signal) => readControlPlanes(cluster, istiods, signal),
    settings: (istiods, signal) => readSettings(cluster, istiods, signal),
    pods: (namespace, signal) => readMeshPods(cluster, namespace, signal),
    peerAuthentications: (signal) => readAll<Policy>(cluster, "security.istio.io", "PeerAuthentication", signal),
    async destinationRules(signal) {
      const rules = await readAll(cluster, "networking.istio.io", "DestinationRule", signal);
      return rules.map(({ metadata: { name, namespace = "default", ...metadata }, ...rule }): DestinationRule => {
        const createdAt = metadata["creationTimestamp"];
        return { name, namespace, spec: rule["spec"], ...(typeof createdAt === "string" ? { createdAt } : {}) };
      });
    },
    async serviceEntries(signal) {
      const entries = await readAll(cluster, "networking.istio.io", "ServiceEntry", signal);
      return new Map(
        entries.flatMap(({ metadata: { namespace = "default" }, ...entry }) =>
          texts(entry["spec"], "hosts").map((host) => [host, namespace] as const),
        ),
      );
    },
    async requestPolicies(namespace, signal) {
      const kinds = ["AuthorizationPolicy", "RequestAuthentication"] as const;
      const all = await Promise.all(
        kinds.map(async (kind) => {
          const policies = await readAll<Policy>(cluster, "security.istio.io", kind, signal, namespace);
          return policies.map(({ metadata, spec }) => ({
            kind,
            namespace: metadata.namespace ?? "default",
            name: metadata.name,
            selector: spec?.selector?.matchLabels ?? {},
          }));
        }),
      );
      return all.flat().filter(({ selector }) => Object.keys(selector).length > 0);
    },
    services: (namespace, signal) => readServices(cluster, namespace, signal),
  };
}

/**
 * Reads all objects of a kind; none if it is not served. Older versions of Istio only serve older API versions, which
 * have the same fields.
 */
async function readAll<T extends KubeObject>(
  cluster: Cluster,
  group: string,
  kind: string,
  signal: AbortSignal,
  namespace?: string,
): Promise<readonly T[]> {
  const within = namespace === undefined ? {} : { namespace };
  for (const version of ["v1", "v1beta1"]) {
    const apiVersion = `${group}/${version}`;
    if (!(await cluster.serves(apiVersion, kind, signal))) continue;
    return itemsOf(cluster.list<T>({ apiVersion, kind, ...within }, signal));
  }
  return [];
}

interface ServiceObject extends KubeObject {
  readonly spec?: {
    readonly clusterIP?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly ServicePort[];
  };
}

async function readServices(
  cluster: Cluster,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly ServiceFacts[] | undefined> {
  const services: ServiceFacts[] = [];
  try {
    const query = { apiVersion: "v1", kind: "Service", namespace };
    for await (const page of cluster.list<ServiceObject>(query, signal)) {
      for (const { metadata, spec } of page) {
        const { clusterIP, selector = {}, ports = [] } = spec ?? {};
        services.push({ name: metadata.name, selector, ports, headless: clusterIP === "None" });
      }
    }
    return services;
  } catch (error) {
    if (error instanceof AppError && error.code === "KUBE_DENIED") return undefined;
    throw error;
  }
}

/** Reads the ConfigMap of the first istiod's revision: all revisions of a mesh have the same root namespace. */
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
    // Istio's charts use istiod's namespace as the root namespace by default.
    if (error instanceof AppError && error.code === "KUBE_DENIED") return { rootNamespace: namespace };
    throw error;
  }
}
