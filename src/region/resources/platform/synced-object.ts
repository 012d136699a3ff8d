import type { KubeObject } from "../../../core/kubernetes/object.ts";

/** The fields of an Application that show whether it is what Git has. */
export interface SyncedObject extends KubeObject {
  readonly spec: { readonly source?: { readonly repoURL?: string } };
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    /** When Argo CD last looked at it, in RFC 3339. */
    readonly reconciledAt?: string;
    readonly operationState?: {
      readonly phase?: string;
      readonly message?: string;
      readonly operation?: { readonly sync?: { readonly revision?: string } };
    };
  };
}

/** https://argo-cd.readthedocs.io/en/stable/user-guide/annotations-and-labels/ */
const refreshAnnotation = "argocd.argoproj.io/refresh";
/** A merge patch that lets Argo CD look at an Application now; it removes the annotation then. */
export const refresh = { metadata: { annotations: { [refreshAnnotation]: "normal" } } };
const stillMs = 15_000;

/**
 * Whether an Application waits for the health of what it has, and Argo CD has not looked at it for a while. It looks again when
 * something of it changes, but misses some of these changes, and then looks minutes later.
 */
export function standsStill({ metadata, status = {} }: SyncedObject, now: number): boolean {
  const isAsked = metadata.annotations?.[refreshAnnotation] !== undefined;
  // An autoscaler without its first metrics is degraded, too.
  const isWaiting = status.sync?.status === "Synced" && status.health?.status !== "Healthy";
  return isWaiting && !isAsked && now - Date.parse(status.reconciledAt ?? "") > stillMs;
}

/** A merge patch that ends the sync that runs, as Argo CD's own API server does it. */
export const endOfSync = { status: { operationState: { phase: "Terminating" } } };

/** Returns the revision of the sync that runs, if it is not that of this commit. */
export function syncBefore({ status }: SyncedObject, commit: string): string | undefined {
  const { phase, operation } = status?.operationState ?? {};
  const revision = operation?.sync?.revision;
  return phase === "Running" && revision !== commit ? revision : undefined;
}
