/** A Kubernetes object as the API server takes and answers it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly [field: string]: unknown;
}

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

/**
 * A page of a server-side table: what `kubectl get -o wide` prints, computed by the API server. Rows are cells only:
 * the objects' metadata, namespace included, would be 25 times their bytes.
 */
export interface TablePage {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/**
 * One Kubernetes API server. Errors are AppErrors: KUBE_UNREACHABLE (no connection, no answer), KUBE_TIMED_OUT (half
 * an answer), KUBE_FAILING (5xx, throttled), KUBE_DENIED (401, 403), KUBE_REJECTED (the server refused the object),
 * KUBE_CONFLICT, KUBE_KIND_NOT_SERVED. A namespaced object without a namespace is in `default`.
 */
export interface Cluster {
  /** The region's or context's name. */
  readonly name: string;
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
  /** Server-side apply with gennet as field manager; answers the object as it is stored. */
  apply(object: KubeObject, options: ApplyOptions, signal: AbortSignal): Promise<KubeObject>;
  /** Asks for deletion; fine where there is no such object. Finalizers may still hold it when this returns. */
  delete(ref: ObjectRef, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
