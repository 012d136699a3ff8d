import type { AppError } from "../../core/error.ts";

export type SyncStatus = "Synced" | "OutOfSync" | "Unknown";
export type HealthStatus = "Healthy" | "Suspended" | "Progressing" | "Missing" | "Degraded" | "Unknown";
export type OperationPhase = "Running" | "Terminating" | "Succeeded" | "Failed" | "Error";

/** An Application of Argo CD, as far as it is read here. Times are milliseconds since the epoch. */
export interface Application {
  readonly name: string;
  readonly namespace: string;
  /** The resourceVersion: which state of the object this is. */
  readonly version: string;
  readonly project: string;
  /** Where it deploys to: the namespace, and whether that is in the cluster that Argo CD itself runs in. */
  readonly destination: { readonly namespace: string; readonly inCluster: boolean };
  readonly spec: ApplicationSpec;
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  /** The commits that it was last compared with, one for each source. */
  readonly revisions: readonly string[];
  /** When it was last compared. */
  readonly reconciledAt?: number;
  /** Whether it is asked to be compared again. */
  readonly refreshing: boolean;
  /** What it is asked to do; absent where nothing is asked. */
  readonly operation?: Operation;
  /** The state of the operation that runs, or the end of the last one. */
  readonly last?: OperationState;
  readonly resources: readonly ApplicationResource[];
  readonly conditions: readonly { readonly type: string; readonly message: string }[];
}

export interface ApplicationSpec {
  readonly source?: object;
  readonly sources?: readonly object[];
  readonly syncPolicy?: {
    readonly automated?: { readonly prune?: boolean; readonly enabled?: boolean };
    readonly syncOptions?: readonly string[];
    readonly retry?: object;
  };
}

export interface Operation {
  /** Who asked for it: `automated sync`, or a user's name. */
  readonly by: string;
  /** The correlation id that gennet gave it. */
  readonly id?: string;
}

export interface OperationState {
  readonly operation: Operation;
  readonly phase: OperationPhase;
  /** What Argo CD says, with the words of the resources and hooks that failed. */
  readonly message: string;
  readonly startedAt: number;
  /** With the phase Running it is no end, but the beginning of a pause before the next try. */
  readonly finishedAt?: number;
  readonly retries: number;
  readonly revisions: readonly string[];
}

export interface ApplicationResource {
  readonly kind: string;
  /** The API group; empty for Kubernetes' own core. */
  readonly group: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sync?: SyncStatus;
  /** Absent unless Argo CD writes it down (`controller.resource.health.persist`), which it does not by default. */
  readonly health?: HealthStatus;
  readonly message?: string;
  readonly wave: number;
  readonly hook: boolean;
  readonly requiresPruning: boolean;
}

export interface ApplicationQuery {
  /** That the Applications themselves are in. */
  readonly namespace: string;
  readonly labelSelector?: string;
  /** Only the one of this name. */
  readonly name?: string;
}

/** As the watch of the Cluster port tells it. */
export type ApplicationEvent =
  | { readonly type: "listed"; readonly applications: readonly Application[] }
  | { readonly type: "changed" | "deleted"; readonly application: Application }
  | { readonly type: "interrupted"; readonly error: AppError };

export interface SyncRequest {
  /** Comes back in {@link Operation.id}: by it an operation is known for ours. */
  readonly id: string;
  /** Delete what is no longer in Git; else what the Application's own automated policy says. */
  readonly prune: boolean;
}

/** Argo CD of one cluster, through that cluster's API server alone. Errors are those of the Cluster port. */
export interface ArgoCd {
  /** Whether the cluster serves Applications at all. */
  installed(signal: AbortSignal): Promise<boolean>;
  applications(query: ApplicationQuery, signal: AbortSignal): Promise<readonly Application[]>;
  application(namespace: string, name: string, signal: AbortSignal): Promise<Application | undefined>;
  watch(query: ApplicationQuery, signal: AbortSignal): AsyncIterable<ApplicationEvent>;
  /** Why a sync window keeps somebody from syncing it by hand at this time; undefined where none does. */
  blockedBy(application: Application, now: number, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Asks for a sync of the application in exactly this state of it: KUBE_CONFLICT where it has changed since. Nobody
   * else's operation is touched, as long as the state has none.
   */
  requestSync(application: Application, request: SyncRequest, signal: AbortSignal): Promise<Application>;
  /** Asks for a comparison with Git now. What is synced automatically is then synced. */
  requestRefresh(application: Application, signal: AbortSignal): Promise<Application>;
  /** How often it compares without being asked, in milliseconds; undefined where it does not. */
  comparesEvery(signal: AbortSignal): Promise<number | undefined>;
}
