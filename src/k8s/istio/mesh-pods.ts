import { createLimiter, type Limiter } from "../../core/bounded.ts";
import { type DirectProbe, directProbes, type ProbedContainer } from "../../istio/direct-probes.ts";
import { interceptionOf } from "../../istio/interception.ts";
import { injectsNamespace, isAmbient, membershipOf, podSelectors } from "../../istio/membership.ts";
import { outboundBypassOf } from "../../istio/outbound-bypass.ts";
import { proxyConfigOf } from "../../istio/proxy-config.ts";
import { proxyRoleOf } from "../../istio/proxy-role.ts";
import type { Cluster, ListQuery } from "../port.ts";
import type { MeshPod, PodGroup } from "./port.ts";
import { isBeingDeleted, type ObjectMeta } from "../../core/kubernetes/object.ts";
import { type ContainerStatus, hasEnded, type PodObject, type PodSpec } from "../../core/kubernetes/pod.ts";

/** A pod with the probes and ports of its containers. */
interface ProbedPod extends PodObject {
  readonly spec?: PodSpec & {
    readonly containers?: readonly ProbedContainer[];
    readonly initContainers?: readonly ProbedContainer[];
  };
}

/** Most of these lists are short: opening another connection takes longer than waiting for a free one. */
const atOnce = 3;

/**
 * Reads all pods of the namespaces that are in the mesh. In other namespaces, which may have many more pods, reads only
 * those whose labels show that they are in the mesh; these are a second group, because a selector takes the API
 * server longer. No pod is in both groups.
 */
export async function readMeshPods(
  cluster: Cluster,
  only: string | undefined,
  signal: AbortSignal,
): Promise<readonly PodGroup[]> {
  const namespaces = await readNamespaces(cluster, only, signal);
  const all: ListQuery = { apiVersion: "v1", kind: "Pod", ...(only === undefined ? {} : { namespace: only }) };
  const meshed = [...namespaces.values()].filter((each) => injectsNamespace(each) || isAmbient(each));
  const others = meshed.map(({ name }) => `metadata.namespace!=${name}`).join(",");
  const elsewhere: ListQuery = { ...all, ...(others === "" ? {} : { fieldSelector: others }) };
  const groups: readonly (readonly ListQuery[])[] =
    only !== undefined && meshed.length > 0
      ? [[all]]
      : [
          meshed.map(({ name }) => ({ ...all, namespace: name })),
          podSelectors.map((labelSelector) => ({ ...elsewhere, labelSelector })),
        ];
  const slot = createLimiter(atOnce);
  return groups.map((queries) => {
    const group = readGroup(queries, cluster, namespaces, slot, signal);
    // The reader may wait for another group first, and gets the error of this one afterwards.
    group.catch(() => undefined);
    return group;
  });
}

async function readGroup(
  queries: readonly ListQuery[],
  cluster: Cluster,
  namespaces: ReadonlyMap<string, ObjectMeta>,
  slot: Limiter,
  signal: AbortSignal,
): Promise<readonly MeshPod[]> {
  const found = new Map<string, MeshPod>();
  const read = async (query: ListQuery): Promise<void> => {
    // Reduces each page before the next one arrives: complete pods take many times the memory of what is kept.
    for await (const page of cluster.list<ProbedPod>(query, signal)) {
      for (const pod of page.filter((each) => !hasEnded(each))) {
        const { namespace = "default", name } = pod.metadata;
        const meshPod = toMeshPod(pod, namespaces.get(namespace) ?? { name: namespace });
        const isMember = ["sidecar", "ambient"].includes(meshPod.membership.state);
        if (meshPod.proxy !== undefined || isMember) found.set(`${namespace}/${name}`, meshPod);
      }
    }
  };
  await Promise.all(queries.map((query) => slot(() => read(query))));
  return [...found].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, pod]) => pod);
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

function toMeshPod(pod: ProbedPod, namespace: ObjectMeta): MeshPod {
  const { metadata, spec = {}, status = {} } = pod;
  const { labels = {}, annotations = {} } = metadata;
  const hostNetwork = spec.hostNetwork === true;
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const role = proxyRoleOf({ labels, annotations, containers });
  const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const running = statuses.find(({ name }) => name === "istio-proxy")?.state?.running;
  const startedAt = Date.parse(running?.startedAt ?? "");
  const interception = interceptionOf({ annotations, containers, proxyConfig: proxyConfigOf(annotations) });
  const unseen = outboundBypassOf({ annotations, containers }, interception);
  return {
    object: { apiVersion: "v1", kind: "Pod", metadata: identity(metadata) },
    ...(status.podIP === undefined || hostNetwork ? {} : { ip: status.podIP }),
    ...(role === undefined ? {} : { proxy: role }),
    running: running !== undefined,
    ...(Number.isNaN(startedAt) ? {} : { startedAt }),
    ending: isBeingDeleted(pod),
    interception,
    ...(unseen === undefined ? {} : { unseen }),
    unpassed: unpassedOf(containers, statuses),
    membership: membershipOf({ labels, annotations, hostNetwork }, namespace),
    ports: containers
      .filter(({ name }) => name !== "istio-proxy")
      .flatMap(({ ports = [] }) => ports.map((port) => ({ number: port.containerPort, name: port.name }))),
  };
}

/**
 * Returns the probes of containers that have started and are not ready. For other containers, it does not matter who
 * sends the probes.
 */
function unpassedOf(
  containers: readonly ProbedContainer[],
  statuses: readonly ContainerStatus[],
): readonly DirectProbe[] {
  const isUnready = ({ ready, restartCount, state }: ContainerStatus): boolean =>
    !ready && (state?.running !== undefined || restartCount > 0);
  const unready = new Set(statuses.filter(isUnready).map(({ name }) => name));
  return directProbes(containers.filter(({ name }) => unready.has(name)));
}

function identity({ name, namespace = "default", labels = {}, ...rest }: ObjectMeta): ObjectMeta {
  return { name, namespace, labels, ownerReferences: rest["ownerReferences"] };
}
