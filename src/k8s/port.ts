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
  /** Runs admission and validation, but stores nothing. */
  readonly dryRun?: boolean;
  /** Takes over fields that another manager owns. */
  readonly force?: boolean;
}

/** RFC 6902; a `test` that fails throws KUBE_REJECTED. */
export type JsonPatch = readonly (
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string }
)[];

/** A change to an object: operations, or an RFC 7386 merge patch, in which null removes a field. */
export type Patch = { readonly json: JsonPatch } | { readonly merge: Readonly<Record<string, unknown>> };

/**
 * An event of a watch. `listed` contains all objects. It comes first, and again whenever events may have been missed:
 * objects that are not in it no longer exist. `interrupted`: the connection was lost; the watch continues by itself,
 * and a caller that does not want to wait stops reading.
 */
export type WatchEvent<T extends KubeObject> =
  | { readonly type: "listed"; readonly objects: readonly T[] }
  | { readonly type: "changed" | "deleted"; readonly object: T }
  | { readonly type: "interrupted"; readonly error: AppError };

/**
 * A page of a server-side table: what `kubectl get -o wide` prints, computed by the API server. Rows only contain
 * cells: the objects' metadata, including the namespace, would be 25 times as large.
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
  /** The pod's clock, from the `Date` of its response; milliseconds since the epoch, to the second. */
  readonly now?: number;
}

export interface PodContainer {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

export interface ExecResult {
  readonly stdout: string;
  /** Undefined if the command could not be started, because the container has no such program. */
  readonly exitCode: number | undefined;
}

/**
 * One Kubernetes API server. Errors are AppErrors: KUBE_UNREACHABLE (no connection, no response), KUBE_TIMED_OUT
 * (incomplete response), KUBE_FAILING (5xx, throttled), KUBE_DENIED (401, 403), KUBE_REJECTED (the server rejected the
 * object), KUBE_CONFLICT, KUBE_KIND_NOT_SERVED, KUBE_FORWARD_FAILED. A namespaced object without a namespace is in
 * `default`.
 */
export interface Cluster {
  /** The region's or context's name. */
  readonly name: string;
  /** How commands for it begin: `kubectl --context eu`. */
  readonly kubectl: string;
  /** Returns the server's version, `v1.37.2`: the cheapest request. */
  version(signal: AbortSignal): Promise<string>;
  /**
   * Returns the metrics of one API server, in the text format of Prometheus. A cluster may have several, and each one only
   * knows the requests that it has answered since its start.
   */
  metrics(signal: AbortSignal): Promise<string>;
  /** Returns whether this kind is served: a CRD may not be installed. */
  serves(apiVersion: string, kind: string, signal: AbortSignal): Promise<boolean>;
  /** Returns undefined if the object does not exist. */
  get(ref: ObjectRef, signal: AbortSignal): Promise<KubeObject | undefined>;
  /** Returns pages of up to 500 complete objects, of all namespaces if the query has none. */
  list<T extends KubeObject>(query: ListQuery, signal: AbortSignal): AsyncIterable<readonly T[]>;
  /** Returns pages of a server-side table, a fortieth of the size of the objects. */
  table(query: ListQuery, signal: AbortSignal): AsyncIterable<TablePage>;
  /**
   * Returns all objects, then every change to them, until the reader stops or the signal aborts (throws its reason).
   * Occupies one of the connections. Throws the errors of the first list, and later KUBE_DENIED and KUBE_REJECTED.
   */
  watch<T extends KubeObject>(query: ListQuery, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
  /** Applies an object with server-side apply, with gennet as field manager. Returns the stored object. */
  apply(object: KubeObject, options: ApplyOptions, signal: AbortSignal): Promise<KubeObject>;
  /**
   * Stores the object as given, and returns the stored one. Throws KUBE_CONFLICT if it has changed since the
   * `resourceVersion` it was read with.
   */
  replace(object: KubeObject, signal: AbortSignal): Promise<KubeObject>;
  /** Changes an existing object, and returns the stored one. Throws KUBE_REJECTED if it does not exist. */
  patch(ref: ObjectRef, patch: Patch, options: Pick<ApplyOptions, "dryRun">, signal: AbortSignal): Promise<KubeObject>;
  /**
   * Requests the deletion of an object, if it exists, and of what it owns. Finalizers may still delay it when this
   * returns.
   */
  delete(ref: ObjectRef, signal: AbortSignal): Promise<void>;
  /**
   * GETs paths on a port that is open on the pod's loopback, over one port-forward, and returns the responses in the
   * same order. Throws KUBE_FORWARD_FAILED if the pod does not exist or does not run, or if nothing listens on the
   * port.
   */
  askPod(target: PodPort, paths: readonly string[], signal: AbortSignal): Promise<readonly PodAnswer[]>;
  /**
   * Runs a command in a container. The API server's audit log contains its arguments, but not its input. The input
   * stays open: the command must know where it ends. Throws KUBE_REJECTED if the pod or the container does not exist.
   */
  exec(target: PodContainer, argv: readonly string[], input: string, signal: AbortSignal): Promise<ExecResult>;
  /** Returns what a container has written. Throws KUBE_REJECTED if the pod or the container does not exist. */
  log(target: PodContainer, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}
