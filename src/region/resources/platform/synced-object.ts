import type { KubeObject } from "../../../core/kubernetes/object.ts";

/** The fields of an Application that show whether it is what Git has. */
export interface SyncedObject extends KubeObject {
  readonly spec: { readonly source?: { readonly repoURL?: string } };
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly operationState?: {
      readonly phase?: string;
      readonly message?: string;
      readonly operation?: { readonly sync?: { readonly revision?: string } };
    };
  };
}

/** A merge patch that ends the sync that runs, as Argo CD's own API server does it. */
export const endOfSync = { status: { operationState: { phase: "Terminating" } } };

/** Returns the revision of the sync that runs, if it is not that of this commit. */
export function syncBefore({ status }: SyncedObject, commit: string): string | undefined {
  const { phase, operation } = status?.operationState ?? {};
  const revision = operation?.sync?.revision;
  return phase === "Running" && revision !== commit ? revision : undefined;
}
