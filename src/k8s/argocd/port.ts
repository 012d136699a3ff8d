import type { AppError } from "../../core/error.ts";
import type { SyncHold } from "./sync-windows.ts";

export type { SyncHold };

export type SyncStatus = "Synced" | "OutOfSync" | "Unknown";
export type HealthStatus = "Healthy" | "Suspended" | "Progressing" | "Missing" | "Degraded" | "Unknown";
export type OperationPhase = "Running" | "Terminating" | "Succeeded" | "Failed" | "Error";

/** The parts of an Argo CD Application that gennet reads. Times are milliseconds since the epoch. */
export interface Application {
  readonly name: string;
  readonly namespace: string;
  /** The resourceVersion, which identifies this state of the object. */
  readonly version: string;
  readonly project: string;
  /** Where it deploys to: the namespace, and whether that is in the cluster that has the Application. */
  readonly destination: { readonly namespace: string; readonly inCluster: boolean; readonly server?: string };
  readonly spec: ApplicationSpec;
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  /** The commits that it was last compared with, one for each source. */
  readonly revisions: readonly string[];
  /** When it was last compared. */
  readonly reconciledAt?: number;
  /** Whether a comparison was requested. */
  readonly refreshing: boolean;
  /** The namespace of the controller that compared it, and of its AppProject; absent if it was never compared. */
  readonly controllerNamespace?: string;
  /** Whether its annotation `skip-reconcile` stops the controller from reconciling it: its status may be outdated. */
  readonly paused: boolean;
  /** When its deletion began; absent if it is not being deleted. */
  readonly deletingSince?: number;
  /** Its finalizers, which must finish before it is removed. */
  readonly finalizers: readonly string[];
  /** The ApplicationSet that generated it. */
  readonly applicationSet?: string;
  /** The requested operation; absent if there is none. */
  readonly operation?: SyncOperation;
  /** When the operation was requested, according to managedFields; absent if they do not show it. */
  readonly askedAt?: number;
  /** The state of the running operation, or the result of the last one. */
  readonly last?: OperationState;
  readonly resources: readonly ApplicationResource[];
  readonly conditions: readonly { readonly type: string; readonly message: string }[];
  /** Why its manifests cannot be read from Git: Argo CD's message. */
  readonly sourceProblem?: string;
}

export interface ApplicationSpec {
  readonly source?: object;
  readonly sources?: readonly object[];
  readonly syncPolicy?: {
    readonly automated?: {
      readonly prune?: boolean;
      readonly selfHeal?: boolean;
      readonly allowEmpty?: boolean;
      readonly enabled?: boolean;
    };
    readonly syncOptions?: readonly string[];
    readonly retry?: object;
  };
}

export interface SyncOperation {
  /** Who requested it: `automated sync`, or a user name. */
  readonly by: string;
  /** Whether Argo CD started it automatically. */
  readonly automated: boolean;
  /** The correlation id that gennet gave it. */
  readonly id?: string;
  /** How often self-healing has synced the same commit, including this time; absent for other syncs. */
  readonly healings?: number;
}

export interface OperationState {
  readonly operation: SyncOperation;
  readonly phase: OperationPhase;
  /** Argo CD's message, with those of the resources and hooks that failed. */
  readonly message: string;
  readonly startedAt: number;
  /** In the phase Running, this is not the end, but the beginning of a pause before the next attempt. */
  readonly finishedAt?: number;
  readonly retries: number;
  /** Whether it failed, and Argo CD will try again after a pause. */
  readonly pausing: boolean;
  /** Whether a sync window is holding it although it has begun. */
  readonly held: boolean;
  readonly revisions: readonly string[];
  /** The results for each resource and hook so far. */
  readonly results: readonly ResourceResult[];
}

/** The result of a sync for one resource or hook. */
export interface ResourceResult {
  readonly kind: string;
  /** The API group; empty for the core group. */
  readonly group: string;
  readonly namespace?: string;
  readonly name: string;
  /** `Synced`, `SyncFailed`, `Pruned`, `PruneSkipped`; absent for hooks. */
  readonly status?: string;
  /** Only for hooks: `PreSync`, `Sync`, `PostSync`, `SyncFail`. */
  readonly hookType?: string;
  readonly hookPhase?: string;
  readonly message: string;
}

export interface ApplicationResource {
  readonly kind: string;
  /** The API group; empty for the core group. */
  readonly group: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sync?: SyncStatus;
  /** Whether it differs from Git. Hooks never do: they are not compared, and run with their sync. */
  readonly differs: boolean;
  /** Absent unless Argo CD stores it (`controller.resource.health.persist`), which it does not by default. */
  readonly health?: HealthStatus;
  readonly message?: string;
  readonly wave: number;
  /** The API version, `v1`. */
  readonly version: string;
  readonly hook: boolean;
  readonly requiresPruning: boolean;
}

/** Generates Applications from a template. */
export interface ApplicationSet {
  readonly name: string;
  readonly namespace: string;
  /** The number of steps of the strategy RollingSync, with which it syncs its Applications step by step. */
  readonly steps?: number;
  /** The progress of each Application with that strategy; empty if the controller does not support it. */
  readonly rollout: readonly RolloutState[];
  /** Set by its controller; empty if the controller has never reconciled it. */
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  /** When its deletion began; absent if it is not being deleted. */
  readonly deletingSince?: number;
}

export interface RolloutState {
  readonly application: string;
  /** Counted from 1; -1 if no step selects it. */
  readonly step: number;
  /** `Waiting`, `Pending`, `Progressing` or `Healthy`. */
  readonly status: string;
  /** Whether the rollout has not reached its step yet: a manual sync would break the order. */
  readonly later: boolean;
  /** When that status was set. */
  readonly since?: number;
}

export interface ApplicationQuery {
  /** The namespace of the Applications themselves; all namespaces if absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Only the Application with this name. */
  readonly name?: string;
}

/** An event of a watch, like those of the Cluster port. */
export type ApplicationEvent =
  | { readonly type: "listed"; readonly applications: readonly Application[] }
  | { readonly type: "changed" | "deleted"; readonly application: Application }
  | { readonly type: "interrupted"; readonly error: AppError };

export interface SyncRequest {
  /** Returned as {@link SyncOperation.id}, by which gennet recognises its own operation. */
  readonly id: string;
  /**
   * Whether to delete resources that are no longer in Git. If false, the Application's own automated policy decides.
   */
  readonly prune: boolean;
}

/** Argo CD in one cluster, reached only through the cluster's API server. Errors are those of the Cluster port. */
export interface ArgoCd {
  /** Returns whether the cluster serves Applications. */
  installed(signal: AbortSignal): Promise<boolean>;
  applications(query: ApplicationQuery, signal: AbortSignal): Promise<readonly Application[]>;
  application(namespace: string, name: string, signal: AbortSignal): Promise<Application | undefined>;
  /** Returns the ApplicationSets of one or all namespaces; none if ApplicationSets are not installed. */
  applicationSets(query: Pick<ApplicationQuery, "namespace">, signal: AbortSignal): Promise<readonly ApplicationSet[]>;
  /** Returns undefined if it does not exist, or if ApplicationSets are not installed. */
  applicationSet(namespace: string, name: string, signal: AbortSignal): Promise<ApplicationSet | undefined>;
  watch(query: ApplicationQuery, signal: AbortSignal): AsyncIterable<ApplicationEvent>;
  /**
   * Returns why a sync window blocks a sync at this time, either a manual one or one that Argo CD starts itself.
   * Undefined if no window does. The windows are those of the AppProject in the controller's namespace; if it does not
   * exist, the reason says so.
   */
  blockedBy(
    application: Application,
    now: number,
    signal: AbortSignal,
    begunBy?: "hand" | "automation",
  ): Promise<SyncHold | undefined>;
  /**
   * Returns why no controller reconciles the Application, as far as its settings show; undefined if nothing prevents
   * it.
   */
  unwatched(application: Application, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Requests a sync of the Application in exactly this state. Throws KUBE_CONFLICT if it has changed since: an
   * operation that another client requested in the meantime is never replaced.
   */
  requestSync(application: Application, request: SyncRequest, signal: AbortSignal): Promise<Application>;
  /**
   * Withdraws a request that the controller has not started, in exactly this state of the Application. Throws
   * KUBE_CONFLICT if it has changed since.
   */
  withdraw(application: Application, signal: AbortSignal): Promise<Application>;
  /**
   * Asks the controller to terminate the running operation, like `argocd app terminate-op`, in exactly this state of
   * the Application. Throws KUBE_CONFLICT if it has changed since.
   */
  terminate(application: Application, signal: AbortSignal): Promise<void>;
  /** Requests a comparison with Git, after which Argo CD syncs the Application if it does so automatically. */
  requestRefresh(application: Application, signal: AbortSignal): Promise<Application>;
  /**
   * Returns the interval at which the controller in this namespace compares by itself, in milliseconds; undefined if it
   * does not.
   */
  comparesEvery(namespace: string, signal: AbortSignal): Promise<number | undefined>;
}
