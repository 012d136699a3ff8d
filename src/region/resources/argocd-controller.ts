import { itemsOf } from "../../core/items-of.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { asDesired, ready, update } from "../../core/resource.ts";
import type { Cluster, ObjectRef } from "../../k8s/port.ts";
import type { RegionResource } from "../world.ts";
import { accessEntry } from "./access-entry.ts";
import { askCluster, type NotAnswered } from "./ask-cluster.ts";
import { nameOf, unknownBecause } from "./kubernetes-objects.ts";

/** The workload that applies what Git has. */
export interface SyncController {
  readonly ref: ObjectRef;
  readonly replicas: number;
  /** How many replicas it had before a destruction stopped it. */
  readonly before?: number;
}

/** Argo CD's own chart has a StatefulSet, or a Deployment if it spreads clusters dynamically. */
const kinds = ["StatefulSet", "Deployment"];
const labelSelector = "app.kubernetes.io/name=argocd-application-controller";
/** Keeps the number of replicas on the workload itself, where the next run finds it, on whatever machine. */
const annotation = "gennet.dev/replicas-before-destroy";

export async function syncControllers(cluster: Cluster, signal: AbortSignal): Promise<readonly SyncController[]> {
  const found: SyncController[] = [];
  for (const kind of kinds) {
    found.push(...(await controllersOf(kind, cluster, signal)).map((object) => controllerOf(kind, object)));
  }
  return found;
}

/** Returns the controllers of all installations of Argo CD, in whatever namespace. */
export async function controllerObjects(cluster: Cluster, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const found = await Promise.all(kinds.map((kind) => controllersOf(kind, cluster, signal)));
  return found.flat();
}

function controllersOf(kind: string, cluster: Cluster, signal: AbortSignal): Promise<readonly KubeObject[]> {
  return itemsOf(cluster.list({ apiVersion: "apps/v1", kind, labelSelector }, signal));
}

function controllerOf(kind: string, { metadata, ...object }: KubeObject): SyncController {
  const { name, namespace, annotations } = metadata;
  const { replicas = 1 } = (object["spec"] ?? {}) as { readonly replicas?: number };
  const before = Number(annotations?.[annotation]);
  return {
    ref: { apiVersion: "apps/v1", kind, name, ...(namespace === undefined ? {} : { namespace }) },
    replicas,
    ...(before > 0 ? { before } : {}),
  };
}

/** Stops a controller, and keeps on it how many replicas it had, in one change. */
export async function stopController(
  cluster: Cluster,
  { ref, replicas }: SyncController,
  signal: AbortSignal,
): Promise<void> {
  const merge = { metadata: { annotations: { [annotation]: String(replicas) } }, spec: { replicas: 0 } };
  await cluster.patch(ref, { merge }, {}, signal);
}

/** Undefined while the cluster cannot be asked. */
type Actual = readonly SyncController[] | NotAnswered | undefined;

/**
 * The controller of Argo CD, if a destruction that was given up has stopped it: it gets its replicas back. Otherwise it
 * belongs to its chart, and is left alone.
 */
export const argoCdController: RegionResource<Actual, true> = {
  id: "argocd-controller",
  title: "Controller of Argo CD",
  needs: [accessEntry],
  inCluster: true,
  onlyIfDue: true,
  read: (at) => askCluster(at, async (cluster, signal) => (await syncControllers(cluster, signal)).filter(isStopped)),
  diff(actual) {
    if (actual === undefined) return asDesired;
    if ("unknown" in actual) return unknownBecause(actual.unknown);
    return {
      operations: actual.map(({ ref, before = 1 }) =>
        update(`${nameOf(ref)}, which a destruction stopped`, "replicas", before, 0),
      ),
    };
  },
  async apply(actual, { world, signal }) {
    const cluster = await world.cluster();
    for (const { ref, before = 1 } of actual === undefined || "unknown" in actual ? [] : actual) {
      const merge = { metadata: { annotations: { [annotation]: null } }, spec: { replicas: before } };
      await cluster.patch(ref, { merge }, {}, signal);
    }
  },
  ready: () => ready,
  output: () => true,
};

function isStopped({ replicas, before }: SyncController): boolean {
  return replicas === 0 && before !== undefined;
}
