import { AppError } from "../../core/error.ts";
import { itemsOf } from "../../core/items-of.ts";
import { remembered } from "../../core/shared.ts";
import type { Cluster } from "../port.ts";
import type { Application } from "./port.ts";
import type { SyncWindow } from "./sync-windows.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";

const apiVersion = "argoproj.io/v1alpha1";
/** The namespace of Argo CD unless another one is known. */
export const defaultNamespace = "argocd";

export interface AppProject extends KubeObject {
  readonly spec?: {
    readonly syncWindows?: readonly SyncWindow[];
    /** Patterns for the namespaces of Applications that may use it, in addition to its own namespace. */
    readonly sourceNamespaces?: readonly string[];
  };
}

/** The AppProjects of one cluster, each read at most once. */
export interface AppProjects {
  /** Returns the AppProject of an Application; undefined if it does not exist. */
  of(application: Application, signal: AbortSignal): Promise<AppProject | undefined>;
}

/**
 * Creates a reader of AppProjects, which are in the namespace of the controller, whatever namespace an Application is
 * in. The status of an Application that was never compared does not name its controller, so its project is searched for
 * in all namespaces.
 */
export function createAppProjects(cluster: Cluster): AppProjects {
  const get = (name: string, namespace: string, signal: AbortSignal): Promise<AppProject | undefined> =>
    cluster.get({ apiVersion, kind: "AppProject", name, namespace }, signal);
  const everywhere = (name: string, signal: AbortSignal): Promise<readonly AppProject[]> => {
    const query = { apiVersion, kind: "AppProject", fieldSelector: `metadata.name=${name}` };
    return itemsOf(cluster.list<AppProject>(query, signal));
  };
  const look = async (
    name: string,
    namespace: string,
    isOwn: boolean,
    signal: AbortSignal,
  ): Promise<AppProject | undefined> => {
    const found = await get(name, namespace, signal);
    if (found !== undefined || isOwn) return found;
    try {
      const all = await everywhere(name, signal);
      return all.find(({ metadata }) => metadata.namespace === defaultNamespace) ?? all[0];
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "KUBE_DENIED") throw error;
      return get(name, defaultNamespace, signal);
    }
  };
  const read = remembered<AppProject | undefined>();
  return {
    of({ project, namespace, controllerNamespace }, signal) {
      const place = controllerNamespace ?? namespace;
      const isOwn = controllerNamespace !== undefined;
      return read(`${place}/${project}/${isOwn}`, () => look(project, place, isOwn, signal));
    },
  };
}
