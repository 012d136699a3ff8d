import type { AppError } from "../core/error.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface ListQuery {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ApplyOptions {
  /** Nothing is stored; admission and validation answer as if it were. */
  readonly dryRun?: boolean;
  /** Take over fields that another manager owns. */
  readonly force?: boolean;
}

/** RFC 6902; a `test` that does not hold is KUBE_REJECTED. */
export type JsonPatch = readonly (
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string }
)[];

/** How an object is changed: operation by operation, or by RFC 7386 with what is to be different (null removes). */
export type Patch = { readonly json: JsonPatch } | { readonly merge: Readonly<Record<string, unknown>> };

/**
 * What a watch tells. `listed` is everything there is, and comes first, and again whenever events may have been
 * missed: what is not in it is gone. `interrupted`: the connection was lost; the watch continues by itself, and
 * a caller that does not want to wait stops reading.
 */
export type WatchEvent<T extends KubeObject> =
  | { readonly type: "listed"; readonly objects: readonly T[] }
  | { readonly type: "changed" | "deleted"; readonly object: T }
  | { readonly type: "interrupted"; readonly error: AppError };

/**
 * A page of a server-side table: what `kubectl get -o wide` prints, computed by the API server. Rows are cells only:
 * the objects' metadata, namespace included, would be 25 times their bytes.
 */
export interface TablePage {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** An HTTP port inside a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

export interface PodAnswer {
  readonly status: number;
  readonly body: string;
  /** The pod's own clock as its answer's `Date` tells it, milliseconds since the epoch, to the second. */
  readonly now?: number;
}

export interface PodContainer {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

export interface ExecResult {
  readonly stdout: string;
  /** Undefined where the command could not be begun: the container has no such program. */
  readonly exitCode: number | undefined;
}

/**
 * One Kubernetes API server. Errors are AppErrors: KUBE_UNREACHABLE (no connection, no answer), KUBE_TIMED_OUT (half
 * an answer), KUBE_FAILING (5xx, throttled), KUBE_DENIED (401, 403), KUBE_REJECTED (the server refused the object),
 * KUBE_CONFLICT, KUBE_KIND_NOT_SERVED, KUBE_FORWARD_FAILED. A namespaced object without a namespace is in `default`.
 */
export interface Cluster {
  /** The region's or context's name. */
  readonly name: string;
  /** How commands for it begin: `kubectl --context eu`. */
  readonly kubectl: string;
  /** The server's version, `v1.37.2`: the cheapest question there is. */
  version(signal: AbortSignal): Promise<string>;
  /** Whether this kind is served: a CRD may not be installed. */
  serves(apiVersion: string, kind: string, signal: AbortSignal): Promise<boolean>;
  /** Undefined where there is no such object. */
  get(ref: ObjectRef, signal: AbortSignal): Promise<KubeObject | undefined>;
  /** Pages of full objects, 500 each; without a namespace, of all namespaces. */
  list<T extends KubeObject>(query: ListQuery, signal: AbortSignal): AsyncIterable<readonly T[]>;
  /** Pages of a server-side table, a fortieth of the bytes of the objects. */
  table(query: ListQuery, signal: AbortSignal): AsyncIterable<TablePage>;
  /**
   * What is there, then every change of it, until the reader stops or the signal aborts (throws its reason). Holds one
   * of the connections. Throws what the first list throws, and later KUBE_DENIED and KUBE_REJECTED.
   */
  watch<T extends KubeObject>(query: ListQuery, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
  /** Server-side apply with gennet as field manager; answers the object as it is stored. */
  apply(object: KubeObject, options: ApplyOptions, signal: AbortSignal): Promise<KubeObject>;
  /**
   * Stores the object as it is given, with the `resourceVersion` it was read with: KUBE_CONFLICT where it has changed
   * since. Answers the object as it is stored.
   */
  replace(object: KubeObject, signal: AbortSignal): Promise<KubeObject>;
  /** Changes an object that is there (KUBE_REJECTED where it is not); answers it as it is stored. */
  patch(ref: ObjectRef, patch: Patch, options: Pick<ApplyOptions, "dryRun">, signal: AbortSignal): Promise<KubeObject>;
  /** Asks for deletion; fine where there is no such object. Finalizers may still hold it when this returns. */
  delete(ref: ObjectRef, signal: AbortSignal): Promise<void>;
  /**
   * GETs paths of a port that is open on the pod's loopback, over one port-forward, in the order of the paths.
   * KUBE_FORWARD_FAILED where there is no such pod, it does not run, or nothing listens there.
   */
  askPod(target: PodPort, paths: readonly string[], signal: AbortSignal): Promise<readonly PodAnswer[]>;
  /**
   * Runs a command in a container. Its words are seen by the API server's audit log, its input is not. The input stays
   * open: the command must know where it ends. KUBE_REJECTED where there is no such pod or container.
   */
  exec(target: PodContainer, argv: readonly string[], input: string, signal: AbortSignal): Promise<ExecResult>;
  close(): Promise<void>;
}
