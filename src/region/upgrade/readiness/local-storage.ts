import type { CheckFinding } from "../../../core/check.ts";
import type { KubeObject } from "../../../core/kubernetes/object.ts";
import type { PodObject } from "../../../core/kubernetes/pod.ts";

/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-v1/ */
export interface VolumeObject extends KubeObject {
  readonly spec?: {
    readonly local?: { readonly path?: string };
    readonly hostPath?: { readonly path?: string };
    readonly claimRef?: { readonly namespace?: string; readonly name?: string };
  };
  readonly status?: { readonly phase?: string };
}

/** The volumes of Istio's proxy, which holds no data: it is added to pods of every kind. */
const ofProxy = /^(istio-|workload-(socket|certs)$|credential-socket$)/;

/** Returns the names of the volumes on the node's disk that end with the pod. */
export function storesOf({ spec }: PodObject): readonly string[] {
  return (spec?.volumes ?? [])
    .filter(({ emptyDir, name }) => emptyDir !== undefined && emptyDir.medium !== "Memory" && !ofProxy.test(name))
    .map(({ name }) => name);
}

/** Returns a failure for each volume in use that only exists on its node. */
export function localVolumes(volumes: readonly VolumeObject[], id: string, kubectl: string): readonly CheckFinding[] {
  return volumes.flatMap(({ metadata: { name }, spec, status }): CheckFinding[] => {
    const isLocal = spec?.local !== undefined || spec?.hostPath !== undefined;
    const { claimRef } = spec ?? {};
    if (!isLocal || claimRef === undefined || status?.phase !== "Bound") return [];
    return [
      {
        id,
        severity: "fail",
        subject: `persistentvolume ${name}`,
        summary: `is on a node that is replaced, with the data of claim ${claimRef.namespace}/${claimRef.name}`,
        fix: `${kubectl} describe persistentvolume ${name}  # move its data to a volume that is not bound to a node`,
      },
    ];
  });
}
