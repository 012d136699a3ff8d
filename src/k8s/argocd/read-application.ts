import { ownCluster } from "../../core/argocd-names.ts";
import { type KubeObject, ownersOf } from "../../core/kubernetes/object.ts";
import type {
  Application,
  ApplicationResource,
  ApplicationSpec,
  HealthStatus,
  SyncOperation,
  OperationPhase,
  OperationState,
  ResourceResult,
  SyncStatus,
} from "./port.ts";

// The fields of https://github.com/argoproj/argo-cd/blob/v3.5.7/pkg/apis/application/v1alpha1/types.go that are read.

/** The key in `operation.info` by which gennet recognises its own operations. */
export const correlationKey = "gennet.id";

/** If true, the controller does not reconcile the Application. */
const skipReconcileAnnotation = "argocd.argoproj.io/skip-reconcile";

/** Removed by the controller after a comparison. */
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
    readonly controllerNamespace?: string;
    readonly operationState?: RawState;
    readonly resources?: readonly RawResource[];
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly sourceHydrator?: { readonly currentOperation?: { readonly phase?: string; readonly message?: string } };
  };
}

interface RawOperation {
  readonly initiatedBy?: { readonly username?: string; readonly automated?: boolean };
  readonly info?: readonly { readonly name: string; readonly value: string }[];
  readonly sync?: { readonly autoHealAttemptsCount?: number };
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
  readonly version?: string;
  readonly hook?: boolean;
  readonly requiresPruning?: boolean;
}

interface RawResult extends RawRef {
  readonly status?: string;
  readonly hookType?: string;
  readonly hookPhase?: string;
  readonly message?: string;
}

/** `arn` is that of the cluster that has the Application: Argo CD of EKS knows it only by its ARN. */
export function readApplication(
  { metadata, spec, operation, status = {} }: ApplicationObject,
  arn?: string,
): Application {
  const { destination = {} } = spec;
  const { controllerNamespace = "" } = status;
  const deletion = metadata["deletionTimestamp"] as string | undefined;
  const set = ownersOf({ metadata }).find(({ kind }) => kind === "ApplicationSet")?.name;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "",
    version: metadata.resourceVersion ?? "",
    project: spec.project,
    destination: {
      namespace: destination.namespace ?? "",
      inCluster:
        destination.name === ownCluster.name ||
        (destination.server !== undefined && [ownCluster.server, arn].includes(destination.server)),
      ...(destination.server === undefined ? {} : { server: destination.server }),
    },
    spec,
    sync: (status.sync?.status ?? "Unknown") as SyncStatus,
    health: (status.health?.status ?? "Unknown") as HealthStatus,
    revisions: revisionsOf(status.sync),
    ...(status.reconciledAt === undefined ? {} : { reconciledAt: Date.parse(status.reconciledAt) }),
    refreshing: metadata.annotations?.[refreshAnnotation] !== undefined,
    ...(controllerNamespace === "" ? {} : { controllerNamespace }),
    paused: isTrue(metadata.annotations?.[skipReconcileAnnotation]),
    ...(deletion === undefined ? {} : { deletingSince: Date.parse(deletion) }),
    finalizers: (metadata["finalizers"] ?? []) as readonly string[],
    ...(set === undefined ? {} : { applicationSet: set }),
    ...(operation === undefined ? {} : { operation: readOperation(operation), ...askedAt(metadata["managedFields"]) }),
    ...(status.operationState === undefined ? {} : { last: readState(status.operationState) }),
    resources: (status.resources ?? []).map(readResource),
    conditions: status.conditions ?? [],
    ...sourceProblemOf(status),
  };
}

/**
 * Returns whether Go's `strconv.ParseBool` parses a value as true. The controller ignores values that it cannot parse.
 */
function isTrue(value: string | undefined): boolean {
  return value !== undefined && ["1", "t", "T", "true", "TRUE", "True"].includes(value);
}

/** Conditions with which Argo CD does not know the desired state of an Application. */
const sourceErrors = new Set(["ComparisonError", "InvalidSpecError", "UnknownError"]);

/** With a source hydrator, a commit whose manifests could not be written leaves the previous state in place. */
function sourceProblemOf({
  conditions = [],
  sourceHydrator,
}: NonNullable<ApplicationObject["status"]>): Pick<Application, "sourceProblem"> {
  const { phase, message = "" } = sourceHydrator?.currentOperation ?? {};
  const found =
    conditions.find(({ type }) => sourceErrors.has(type))?.message ??
    (phase === "Failed" ? `its source could not be hydrated: ${message}` : undefined);
  return found === undefined ? {} : { sourceProblem: found.replaceAll(/\s+/g, " ") };
}

interface ManagedEntry {
  readonly time?: string;
  readonly fieldsV1?: object;
}

/** Returns when the field `operation` was last written. */
function askedAt(managedFields: unknown): Pick<Application, "askedAt"> {
  const writes = ((managedFields ?? []) as readonly ManagedEntry[]).flatMap(({ time, fieldsV1 = {} }) =>
    time !== undefined && "f:operation" in fieldsV1 ? [Date.parse(time)] : [],
  );
  return writes.length === 0 ? {} : { askedAt: Math.max(...writes) };
}

function isHeld({ phase, message = "" }: RawState): boolean {
  const inProgress = phase === "Running" || phase === "Terminating";
  return inProgress && message.startsWith("Sync operation blocked by sync window");
}

function readOperation({ initiatedBy = {}, info = [], sync = {} }: RawOperation): SyncOperation {
  const { autoHealAttemptsCount: healings } = sync;
  const id = info.find((each) => each.name === correlationKey)?.value;
  const automated = initiatedBy.automated === true;
  const by = automated ? "automated sync" : (initiatedBy.username ?? "an unnamed user");
  return { by, automated, ...(id === undefined ? {} : { id }), ...(healings === undefined ? {} : { healings }) };
}

function readState(raw: RawState): OperationState {
  return {
    operation: readOperation(raw.operation),
    phase: raw.phase,
    message: messageOf(raw),
    startedAt: Date.parse(raw.startedAt),
    ...(raw.finishedAt === undefined ? {} : { finishedAt: Date.parse(raw.finishedAt) }),
    retries: raw.retryCount ?? 0,
    pausing: raw.phase === "Running" && raw.finishedAt !== undefined,
    held: isHeld(raw),
    revisions: revisionsOf(raw.syncResult),
    results: (raw.syncResult?.resources ?? []).map(readResult),
  };
}

function readResult(raw: RawResult): ResourceResult {
  const { status = "", hookType = "", hookPhase = "", message = "" } = raw;
  return {
    ...readRef(raw),
    ...(status === "" ? {} : { status }),
    ...(hookType === "" ? {} : { hookType }),
    ...(hookPhase === "" ? {} : { hookPhase }),
    message,
  };
}

function readRef({ kind = "", group = "", namespace = "", name = "" }: RawRef) {
  return { kind, group, name, ...(namespace === "" ? {} : { namespace }) };
}

/** Adds the messages of the resources that failed: "One or more objects failed to apply" alone does not help. */
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
    ...readRef(raw),
    ...(raw.status === undefined ? {} : { sync: raw.status }),
    ...(raw.health?.status === undefined ? {} : { health: raw.health.status as HealthStatus }),
    ...(raw.health?.message === undefined ? {} : { message: raw.health.message }),
    wave: raw.syncWave ?? 0,
    differs: raw.status === "OutOfSync" && raw.hook !== true,
    version: raw.version ?? "v1",
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
