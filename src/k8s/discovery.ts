import { AppError } from "../core/error.ts";
import { joint } from "../core/shared.ts";
import type { ClusterName } from "./errors.ts";

/** The resource of a kind: its plural, `deployments`, and whether it is namespaced. */
export interface ServedResource {
  readonly plural: string;
  readonly namespaced: boolean;
}

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Kinds that every API server since Kubernetes 1.23 serves, so that they need no discovery. */
const builtIn: Readonly<Record<string, ServedResource>> = {
  "v1/ConfigMap": { plural: "configmaps", namespaced: true },
  "v1/Event": { plural: "events", namespaced: true },
  "v1/Namespace": { plural: "namespaces", namespaced: false },
  "v1/Node": { plural: "nodes", namespaced: false },
  "v1/Pod": { plural: "pods", namespaced: true },
  "v1/Secret": { plural: "secrets", namespaced: true },
  "v1/Service": { plural: "services", namespaced: true },
  "apps/v1/DaemonSet": { plural: "daemonsets", namespaced: true },
  "apps/v1/Deployment": { plural: "deployments", namespaced: true },
  "apps/v1/ReplicaSet": { plural: "replicasets", namespaced: true },
  "apps/v1/StatefulSet": { plural: "statefulsets", namespaced: true },
  "autoscaling/v2/HorizontalPodAutoscaler": { plural: "horizontalpodautoscalers", namespaced: true },
  "batch/v1/Job": { plural: "jobs", namespaced: true },
  "policy/v1/PodDisruptionBudget": { plural: "poddisruptionbudgets", namespaced: true },
};

/** Returns `/api/v1` or `/apis/GROUP/VERSION`. */
export function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/**
 * Finds the resource of a kind. Caches kinds that are served, but never missing ones: a CRD may be installed at any
 * time.
 */
export function createDiscovery(
  { name: cluster, kubectl }: ClusterName,
  /** Returns the JSON at a path, or undefined for a 404. */
  fetch: (path: string, signal: AbortSignal) => Promise<unknown>,
) {
  const known = new Map<string, ServedResource>(Object.entries(builtIn));
  // Several kinds of one group may be looked up at the same time.
  const asked = new Map<string, (signal: AbortSignal) => Promise<void>>();
  const learn = async (apiVersion: string, signal: AbortSignal): Promise<void> => {
    const list = (await fetch(groupPath(apiVersion), signal)) as ResourceList | undefined;
    for (const { name, kind: served, namespaced } of list?.resources ?? []) {
      // Subresources (`pods/status`) are listed under the kind they take.
      if (!name.includes("/")) known.set(`${apiVersion}/${served}`, { plural: name, namespaced });
    }
  };

  const find = async (apiVersion: string, kind: string, signal: AbortSignal): Promise<ServedResource | undefined> => {
    const id = `${apiVersion}/${kind}`;
    if (!known.has(id)) {
      const ask = asked.get(apiVersion) ?? joint((each) => learn(apiVersion, each));
      asked.set(apiVersion, ask);
      await ask(signal);
    }
    return known.get(id);
  };

  return {
    find,
    async need(apiVersion: string, kind: string, signal: AbortSignal): Promise<ServedResource> {
      const resource = await find(apiVersion, kind, signal);
      if (resource !== undefined) return resource;
      throw new AppError("KUBE_KIND_NOT_SERVED", `${cluster} does not serve the kind ${kind} in ${apiVersion}.`, {
        next: [`${kubectl} api-resources  # lists what is served`],
      });
    },
  };
}
