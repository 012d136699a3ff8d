import { type Condition, controllerOf, isBeingDeleted, type KubeObject } from "./object.ts";

/** The fields of a Pod that gennet reads. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export interface PodObject extends KubeObject {
  readonly spec?: PodSpec;
  readonly status?: {
    readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
    readonly podIP?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly hostNetwork?: boolean;
  readonly containers?: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly ephemeralContainers?: readonly ContainerSpec[];
  readonly volumes?: readonly PodVolume[];
}

export interface ContainerSpec {
  readonly name: string;
  readonly args?: readonly string[];
  /** On an init container, `Always` makes it a sidecar, which keeps running alongside the other containers. */
  readonly restartPolicy?: string;
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name?: string; readonly key: string } };
  }[];
  readonly envFrom?: readonly { readonly prefix?: string; readonly secretRef?: { readonly name?: string } }[];
  readonly volumeMounts?: readonly MountSpec[];
}

export interface MountSpec {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
}

/** The keys of a Secret that are in the volume, if not all of them are. */
export interface SecretItems {
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

export interface PodVolume {
  readonly name: string;
  readonly emptyDir?: { readonly medium?: string };
  readonly secret?: SecretItems & { readonly secretName?: string };
  readonly projected?: {
    readonly sources?: readonly { readonly secret?: SecretItems & { readonly name?: string } }[];
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface ContainerState {
  readonly running?: { readonly startedAt?: string };
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly message?: string };
}

/** Returns whether all containers of a pod have terminated for good. */
export function hasEnded({ status }: Pick<PodObject, "status">): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** Returns whether a pod has neither finished nor is being deleted. */
export function isAlive(pod: PodObject): boolean {
  return !hasEnded(pod) && !isBeingDeleted(pod);
}

/**
 * Returns the owner of a pod as people name it: the Deployment, not its ReplicaSet. Returns undefined for a bare pod.
 */
export function ownerOf(
  pod: Pick<KubeObject, "metadata">,
): { readonly kind: string; readonly name: string } | undefined {
  const owner = controllerOf(pod);
  const hash = pod.metadata.labels?.["pod-template-hash"];
  if (owner?.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return { kind: "Deployment", name: owner.name.slice(0, -hash.length - 1) };
  }
  return owner;
}
