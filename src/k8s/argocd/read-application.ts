import type { KubeObject } from "../port.ts";
import type {
  Application,
  ApplicationResource,
  ApplicationSpec,
  HealthStatus,
  Operation,
  OperationPhase,
  OperationState,
  SyncStatus,
} from "./port.ts";

// The fields of https://github.com/argoproj/argo-cd/blob/v3.5.7/pkg/apis/application/v1alpha1/types.go that are read.

/** By which an operation is known for gennet's, in `operation.info`. */
export const correlationKey = "gennet.id";

/** Removed by the controller when it has compared. */
export const refreshAnnotation = "argocd.argoproj.io/refresh";

export interface ApplicationObject extends KubeObject {
  readonly spec: ApplicationSpec & {
    readonly project: string;
    readonly destination?: { readonly server?: string; readonly name?: string; readonly namespace?: string };
  };
  readonly operation?: RawOperation;
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string; readonly revisions?: readonly string[] };
    readonly health?: { readonly status?: string };
    readonly reconciledAt?: string;
    readonly operationState?: RawState;
    readonly resources?: readonly RawResource[];
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
  };
}

interface RawOperation {
  readonly initiatedBy?: { readonly username?: string; readonly automated?: boolean };
  readonly info?: readonly { readonly name: string; readonly value: string }[];
}

interface RawState {
  readonly operation: RawOperation;
  readonly phase: OperationPhase;
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly retryCount?: number;
  readonly syncResult?: {
    readonly revision?: string;
    readonly revisions?: readonly string[];
    readonly resources?: readonly RawResult[];
  };
}

interface RawRef {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

interface RawResource extends RawRef {
  readonly status?: SyncStatus;
  readonly health?: { readonly status?: string; readonly message?: string };
  readonly syncWave?: number;
  readonly hook?: boolean;
  readonly requiresPruning?: boolean;
}

interface RawResult extends RawRef {
  readonly status?: string;
  readonly hookPhase?: string;
  readonly message?: string;
}

export function readApplication({ metadata, spec, operation, status = {} }: ApplicationObject): Application {
  const { destination = {} } = spec;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "",
    version: metadata.resourceVersion ?? "",
    project: spec.project,
    destination: {
      namespace: destination.namespace ?? "",
      inCluster: destination.server === "https://kubernetes.default.svc" || destination.name === "in-cluster",
    },
    spec,
    sync: (status.sync?.status ?? "Unknown") as SyncStatus,
    health: (status.health?.status ?? "Unknown") as HealthStatus,
    revisions: revisionsOf(status.sync),
    ...(status.reconciledAt === undefined ? {} : { reconciledAt: Date.parse(status.reconciledAt) }),
    refreshing: metadata.annotations?.[refreshAnnotation] !== undefined,
    ...(operation === undefined ? {} : { operation: readOperation(operation) }),
    ...(status.operationState === undefined ? {} : { last: readState(status.operationState) }),
    resources: (status.resources ?? []).map(readResource),
    conditions: status.conditions ?? [],
  };
}

function readOperation({ initiatedBy = {}, info = [] }: RawOperation): Operation {
  const id = info.find((each) => each.name === correlationKey)?.value;
  const by = initiatedBy.automated === true ? "automated sync" : (initiatedBy.username ?? "somebody who gave no name");
  return { by, ...(id === undefined ? {} : { id }) };
}

function readState(raw: RawState): OperationState {
  return {
    operation: readOperation(raw.operation),
    phase: raw.phase,
    message: messageOf(raw),
    startedAt: Date.parse(raw.startedAt),
    ...(raw.finishedAt === undefined ? {} : { finishedAt: Date.parse(raw.finishedAt) }),
    retries: raw.retryCount ?? 0,
    revisions: revisionsOf(raw.syncResult),
  };
}

/** "One or more objects failed to apply" alone helps nobody. */
function messageOf({ message = "", syncResult }: RawState): string {
  const failed = (syncResult?.resources ?? []).filter(
    ({ status, hookPhase = "" }) => status === "SyncFailed" || ["Failed", "Error"].includes(hookPhase),
  );
  const untold = failed.filter((each) => each.message !== undefined && !message.includes(each.message));
  const words = untold.slice(0, 3).map(({ kind, name, message }) => `${kind} ${name}: ${message}`);
  const more = untold.length > 3 ? [`and ${untold.length - 3} more`] : [];
  return [message, ...words, ...more].filter((part) => part !== "").join("; ");
}

function readResource(raw: RawResource): ApplicationResource {
  return {
    kind: raw.kind ?? "",
    group: raw.group ?? "",
    name: raw.name ?? "",
    ...(raw.namespace === undefined || raw.namespace === "" ? {} : { namespace: raw.namespace }),
    ...(raw.status === undefined ? {} : { sync: raw.status }),
    ...(raw.health?.status === undefined ? {} : { health: raw.health.status as HealthStatus }),
    ...(raw.health?.message === undefined ? {} : { message: raw.health.message }),
    wave: raw.syncWave ?? 0,
    hook: raw.hook === true,
    requiresPruning: raw.requiresPruning === true,
  };
}

function revisionsOf(
  of: { readonly revision?: string; readonly revisions?: readonly string[] } | undefined,
): readonly string[] {
  if (of?.revisions !== undefined && of.revisions.length > 0) return of.revisions;
  return of?.revision === undefined || of.revision === "" ? [] : [of.revision];
}
