import type { Exit } from "../core/exit.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import type { Application, ApplicationQuery, HealthStatus, OperationPhase, SyncStatus } from "../k8s/argocd/port.ts";
import { type GitopsRegion, reachArgoCd } from "./reach-argocd.ts";

/** The result of `gennet app list`. */
export interface ApplicationList {
  readonly kind: "ApplicationList";
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  /** By region, then by name. */
  readonly items: readonly ListedApplication[];
  /** Findings about regions whose Argo CD could not be queried. */
  readonly findings: readonly Finding[];
}

export interface ListedApplication {
  /** The region's or context's name. */
  readonly region: string;
  readonly namespace: string;
  readonly name: string;
  readonly project: string;
  /** The namespace that it deploys into. */
  readonly destination: string;
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  /** The commits that it was last compared with, one for each source. */
  readonly revisions: readonly string[];
  /** The time of that comparison; RFC 3339, UTC. */
  readonly comparedAt?: string;
  /** Whether Argo CD syncs it automatically. */
  readonly automated: boolean;
  /** Whether its reconciliation is disabled: the state shown may be old. */
  readonly paused: boolean;
  /** When its deletion began; RFC 3339, UTC. */
  readonly deletingSince?: string;
  /** Argo CD's errors and warnings about it. */
  readonly conditions: readonly { readonly type: string; readonly message: string }[];
  /** The operation in progress, or the last one; times in RFC 3339, UTC. */
  readonly operation?: {
    readonly phase: OperationPhase;
    readonly by: string;
    readonly message: string;
    /** Absent if it was requested and has not begun. */
    readonly startedAt?: string;
    readonly finishedAt?: string;
  };
}

export async function listApplications(
  regions: readonly GitopsRegion[],
  query: ApplicationQuery,
  now: number,
  signal: AbortSignal,
): Promise<ApplicationList> {
  const reached = await Promise.all(
    regions.map((region) =>
      reachArgoCd(
        region,
        async (argocd) => (await argocd.applications(query, signal)).map((each) => toItem(region.name, each)),
        signal,
      ),
    ),
  );
  return {
    kind: "ApplicationList",
    generatedAt: new Date(now).toISOString(),
    items: reached.flatMap((each) => ("answer" in each ? each.answer : [])),
    findings: reached.flatMap((each) => ("finding" in each ? [each.finding] : [])),
  };
}

/** A list is a successful answer whatever it contains, unless a region could not be listed. */
export function exitOfList({ findings }: Pick<ApplicationList, "findings">): Exit {
  return exitOf(findings, false);
}

function toItem(region: string, application: Application): ListedApplication {
  const { namespace, name, project, destination, sync, health, revisions, spec, operation, last } = application;
  const { automated } = spec.syncPolicy ?? {};
  // A requested operation that has not begun has no state.
  const waiting = operation === undefined ? undefined : { phase: "Running" as const, by: operation.by, message: "" };
  const state = last && {
    phase: last.phase,
    by: last.operation.by,
    message: last.message,
    startedAt: new Date(last.startedAt).toISOString(),
    ...(last.finishedAt === undefined ? {} : { finishedAt: new Date(last.finishedAt).toISOString() }),
  };
  const shown = state ?? waiting;
  return {
    region,
    namespace,
    name,
    project,
    destination: destination.namespace,
    sync,
    health,
    revisions,
    ...standing(application),
    automated: automated !== undefined && automated.enabled !== false,
    ...(shown === undefined ? {} : { operation: shown }),
  };
}

/** Decides whether the state of an Application is current. Times are RFC 3339, UTC. */
interface Standing {
  readonly comparedAt?: string;
  readonly paused: boolean;
  readonly deletingSince?: string;
  readonly conditions: Application["conditions"];
}

export function standing({ reconciledAt, paused, deletingSince, conditions }: Application): Standing {
  return {
    ...(reconciledAt === undefined ? {} : { comparedAt: new Date(reconciledAt).toISOString() }),
    paused,
    ...(deletingSince === undefined ? {} : { deletingSince: new Date(deletingSince).toISOString() }),
    conditions: conditions.map(({ type, message }) => ({ type, message })),
  };
}
