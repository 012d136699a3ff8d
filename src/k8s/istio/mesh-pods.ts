import { mapBounded } from "../../core/bounded.ts";
import type { Cluster, KubeObject, ListQuery, ObjectMeta } from "../port.ts";
import { bypassOf } from "../../istio/proxy-bypass.ts";
import { injectsNamespace, podSelectors, wantsSidecar } from "./injection.ts";
import type { MeshPod } from "./port.ts";

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
}

interface ContainerStatus {
  readonly name: string;
  readonly state?: { readonly running?: object };
}

interface PodObject extends KubeObject {
  readonly spec?: {
    readonly hostNetwork?: boolean;
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

const atOnce = 6;

/**
 * Reads the pods of the namespaces that are in the mesh, and elsewhere those alone that say themselves that they are:
 * a cluster may hold many more.
 */
export async function readMeshPods(
  cluster: Cluster,
  only: string | undefined,
  signal: AbortSignal,
): Promise<readonly MeshPod[]> {
  const namespaces = await readNamespaces(cluster, only, signal);
  const all: ListQuery = { apiVersion: "v1", kind: "Pod", ...(only === undefined ? {} : { namespace: only }) };
  const meshed = [...namespaces.values()].filter(injectsNamespace);
  const others = meshed.map(({ name }) => `metadata.namespace!=${name}`).join(",");
  const elsewhere: ListQuery = { ...all, ...(others === "" ? {} : { fieldSelector: others }) };
  const queries: ListQuery[] =
    only !== undefined && meshed.length > 0
      ? [all]
      : [
          ...meshed.map(({ name }) => ({ ...all, namespace: name })),
          ...podSelectors.map((labelSelector) => ({ ...elsewhere, labelSelector })),
        ];
  const found = new Map<string, MeshPod>();
  await mapBounded(queries, atOnce, async (query) => {
    // Each page is let go before the next one comes: full pods are many times what is kept of them.
    for await (const page of cluster.list<PodObject>(query, signal)) {
      for (const pod of page.filter(isAlive)) {
        const { namespace = "default", name } = pod.metadata;
        const meshPod = toMeshPod(pod, namespaces.get(namespace) ?? { name: namespace });
        if (meshPod.proxy || meshPod.wanted !== undefined) found.set(`${namespace}/${name}`, meshPod);
      }
    }
  });
  return [...found.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, pod]) => pod);
}

async function readNamespaces(
  cluster: Cluster,
  only: string | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObjectMeta>> {
  if (only !== undefined) {
    const found = await cluster.get({ apiVersion: "v1", kind: "Namespace", name: only }, signal);
    return new Map(found === undefined ? [] : [[only, found.metadata]]);
  }
  const namespaces = new Map<string, ObjectMeta>();
  for await (const page of cluster.list({ apiVersion: "v1", kind: "Namespace" }, signal)) {
    for (const { metadata } of page) namespaces.set(metadata.name, metadata);
  }
  return namespaces;
}

function isAlive({ metadata, status }: PodObject): boolean {
  return metadata["deletionTimestamp"] === undefined && !["Succeeded", "Failed"].includes(status?.phase ?? "");
}

function toMeshPod(pod: PodObject, namespace: ObjectMeta): MeshPod {
  const { metadata, spec = {}, status = {} } = pod;
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const proxy = containers.find(({ name }) => name === "istio-proxy");
  const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const running = statuses.find(({ name }) => name === "istio-proxy")?.state?.running !== undefined;
  const bypass = bypassOf(metadata.annotations ?? {});
  const wanted = wantsSidecar({ metadata, hostNetwork: spec.hostNetwork === true }, namespace);
  return {
    object: { apiVersion: "v1", kind: "Pod", metadata: identity(metadata) },
    ...(status.podIP === undefined || spec.hostNetwork === true ? {} : { ip: status.podIP }),
    proxy: proxy !== undefined,
    running,
    gateway: proxy?.args?.includes("router") === true,
    ...(bypass === undefined ? {} : { bypass }),
    ...(wanted === undefined ? {} : { wanted }),
  };
}

function identity({ name, namespace = "default", labels = {}, ...rest }: ObjectMeta): ObjectMeta {
  return { name, namespace, labels, ownerReferences: rest["ownerReferences"] };
}
