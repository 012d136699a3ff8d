import type { AppError } from "../../core/error.ts";
import type { SyncHold } from "./sync-windows.ts";

export type { SyncHold };

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
  readonly destination: { readonly namespace: string; readonly inCluster: boolean; readonly server?: string };
  readonly spec: ApplicationSpec;
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  /** The commits that it was last compared with, one for each source. */
  readonly revisions: readonly string[];
  /** When it was last compared. */
  readonly reconciledAt?: number;
  /** Whether it is asked to be compared again. */
  readonly refreshing: boolean;
  /** Where the controller runs that compared it; absent where none has yet. Its AppProject is there too. */
  readonly controllerNamespace?: string;
  /** Whether its annotation `skip-reconcile` keeps the controller from looking at it: what it shows may be old. */
  readonly paused: boolean;
  /** Since when it is being deleted. */
  readonly deletingSince?: number;
  /** What must happen before it is gone. */
  readonly finalizers: readonly string[];
  /** The ApplicationSet that makes it. */
  readonly applicationSet?: string;
  /** What it is asked to do; absent where nothing is asked. */
  readonly operation?: SyncOperation;
  /** When that was asked for, as the API server keeps it; absent where it does not. */
  readonly askedAt?: number;
  /** The state of the operation that runs, or the end of the last one. */
  readonly last?: OperationState;
  readonly resources: readonly ApplicationResource[];
  readonly conditions: readonly { readonly type: string; readonly message: string }[];
  /** Why what Git holds for it cannot be read, in Argo CD's words. */
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
  /** Who asked for it: `automated sync`, or a user's name. */
  readonly by: string;
  /** Whether Argo CD asked for it itself. */
  readonly automated: boolean;
  /** The correlation id that gennet gave it. */
  readonly id?: string;
  /** How often self-healing has synced the same commit, this time included; absent for other syncs. */
  readonly healings?: number;
}

export interface OperationState {
  readonly operation: SyncOperation;
  readonly phase: OperationPhase;
  /** What Argo CD says, with the words of the resources and hooks that failed. */
  readonly message: string;
  readonly startedAt: number;
  /** With the phase Running it is no end, but the beginning of a pause before the next try. */
  readonly finishedAt?: number;
  readonly retries: number;
  /** Whether it is between two tries: it failed, and Argo CD tries again. */
  readonly pausing: boolean;
  /** Whether a sync window holds it although it has begun. */
  readonly held: boolean;
  readonly revisions: readonly string[];
  /** What became of each resource and hook, as far as it has come. */
  readonly results: readonly ResourceResult[];
}

/** What a sync did to one resource. */
export interface ResourceResult {
  readonly kind: string;
  /** The API group; empty for Kubernetes' own core. */
  readonly group: string;
  readonly namespace?: string;
  readonly name: string;
  /** `Synced`, `SyncFailed`, `Pruned`, `PruneSkipped`; absent for hooks. */
  readonly status?: string;
  /** Of a hook: `PreSync`, `Sync`, `PostSync`, `SyncFail`. */
  readonly hookType?: string;
  readonly hookPhase?: string;
  readonly message: string;
}

export interface ApplicationResource {
  readonly kind: string;
  /** The API group; empty for Kubernetes' own core. */
  readonly group: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sync?: SyncStatus;
  /** Whether it is not as Git has it. A hook never is: it is not compared, and runs when its sync does. */
  readonly differs: boolean;
  /** Absent unless Argo CD writes it down (`controller.resource.health.persist`), which it does not by default. */
  readonly health?: HealthStatus;
  readonly message?: string;
  readonly wave: number;
  /** Of the API, `v1`. */
  readonly version: string;
  readonly hook: boolean;
  readonly requiresPruning: boolean;
}

/** What makes Applications from a template. */
export interface ApplicationSet {
  readonly name: string;
  readonly namespace: string;
  /** With the strategy RollingSync, how many steps there are: it syncs its Applications itself, step by step. */
  readonly steps?: number;
  /** With that strategy, how far each Application has come; empty where the controller does not do it. */
  readonly rollout: readonly RolloutState[];
  /** What its controller says of it; empty where that has not looked at it. */
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  /** Since when it is being deleted. */
  readonly deletingSince?: number;
}

export interface RolloutState {
  readonly application: string;
  /** Counted from 1; -1 where no step selects it. */
  readonly step: number;
  /** `Waiting`, `Pending`, `Progressing` or `Healthy`. */
  readonly status: string;
  /** Whether the rollout has not come to its step: a sync by hand would overtake it. */
  readonly later: boolean;
  /** Since when. */
  readonly since?: number;
}

export interface ApplicationQuery {
  /** That the Applications themselves are in; all namespaces without it. */
  readonly namespace?: string;
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
  /** Comes back in {@link SyncOperation.id}: by it an operation is known for ours. */
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
  /** Those of a namespace, or of all; none where ApplicationSets are not installed. */
  applicationSets(query: Pick<ApplicationQuery, "namespace">, signal: AbortSignal): Promise<readonly ApplicationSet[]>;
  /** Undefined where there is none, or where ApplicationSets are not installed. */
  applicationSet(namespace: string, name: string, signal: AbortSignal): Promise<ApplicationSet | undefined>;
  watch(query: ApplicationQuery, signal: AbortSignal): AsyncIterable<ApplicationEvent>;
  /**
   * What a sync window holds back at this time: a sync by hand, or one that Argo CD begins itself. Undefined where none
   * does. The windows are those of the AppProject in the controller's namespace; where there is none, the reason says so.
   */
  blockedBy(
    application: Application,
    now: number,
    signal: AbortSignal,
    begunBy?: "hand" | "automation",
  ): Promise<SyncHold | undefined>;
  /** Why no controller looks at the application, as far as its settings tell; undefined where nothing speaks against it. */
  unwatched(application: Application, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Asks for a sync of the application in exactly this state of it: KUBE_CONFLICT where it has changed since. No
   * other operation is touched, as long as the state has none.
   */
  requestSync(application: Application, request: SyncRequest, signal: AbortSignal): Promise<Application>;
  /**
   * Takes a request back that the controller has not begun, in exactly this state of the application: KUBE_CONFLICT
   * where it has changed since.
   */
  withdraw(application: Application, signal: AbortSignal): Promise<Application>;
  /**
   * Asks the controller to end the operation in progress, as `argocd app terminate-op` does, in exactly this state of the
   * application: KUBE_CONFLICT where it has changed since.
   */
  terminate(application: Application, signal: AbortSignal): Promise<void>;
  /** Asks for a comparison with Git now. What is synced automatically is then synced. */
  requestRefresh(application: Application, signal: AbortSignal): Promise<Application>;
  /**
   * How often the controller in this namespace compares without being asked, in milliseconds; undefined where it does
   * not.
   */
  comparesEvery(namespace: string, signal: AbortSignal): Promise<number | undefined>;
}
