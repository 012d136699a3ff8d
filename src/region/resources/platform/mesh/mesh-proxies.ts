import { workloadKinds } from "../../../../core/kubernetes/workload.ts";
import { isAlive, ownerOf, type PodObject } from "../../../../core/kubernetes/pod.ts";
import { revisionLabel } from "../../../components/istio-tag.ts";
import { type MeshRevisions, revisionOf } from "../../../components/mesh-revisions.ts";
import type { Cluster } from "../../../../k8s/port.ts";

/** A pod with a proxy of an istiod that is to be removed. */
export interface OldProxy {
  readonly pod: PodObject;
  readonly namespace: string;
  /** The version of its istiod. */
  readonly version: string;
  /** What replaces the pod; undefined for a pod that only ends by itself: of a Job, or without a controller. */
  readonly workload: { readonly kind: string; readonly namespace: string; readonly name: string } | undefined;
}

/** Returns the pods whose proxy is of another istiod than that of this version, by the annotation of the injector. */
export async function oldProxies(
  { installed }: MeshRevisions,
  version: string,
  cluster: Pick<Cluster, "list">,
  signal: AbortSignal,
): Promise<readonly OldProxy[]> {
  const old = new Map(installed.filter((each) => each !== version).map((each) => [revisionOf(each), each]));
  if (old.size === 0) return [];
  const found: OldProxy[] = [];
  for await (const page of cluster.list<PodObject>({ apiVersion: "v1", kind: "Pod" }, signal)) {
    for (const pod of page.filter(isAlive)) {
      const of = old.get(pod.metadata.annotations?.[revisionLabel] ?? "");
      const { namespace = "default" } = pod.metadata;
      if (of !== undefined) found.push({ pod, namespace, version: of, workload: workloadOf(pod, namespace) });
    }
  }
  return found;
}

function workloadOf(pod: PodObject, namespace: string): OldProxy["workload"] {
  const owner = ownerOf(pod);
  if (owner === undefined || !(workloadKinds as readonly string[]).includes(owner.kind)) return undefined;
  return { ...owner, namespace };
}

/** `pod shop/orders-1` */
export function sayPod({ pod, namespace }: OldProxy): string {
  return `pod ${namespace}/${pod.metadata.name}`;
}
