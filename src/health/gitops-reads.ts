import type { Application, ArgoCd, SyncHold } from "../k8s/argocd/port.ts";
import { type Shared, shared } from "./shared.ts";

/** What the checks read of one cluster's Argo CD, each at most once. */
export interface GitopsReads {
  readonly installed: Shared<boolean>;
  readonly applications: Shared<readonly Application[]>;
  /** Milliseconds; undefined where Argo CD only compares when it is asked to. */
  comparesEvery(namespace: string): Promise<number | undefined>;
  /** The sync window that keeps an Application from being synced now. */
  blockedBy(application: Application, begunBy?: "hand" | "automation"): Promise<SyncHold | undefined>;
}

/** Of the Applications in `argocd`: those that deploy into `namespace`, where only one is looked at. */
export function createGitopsReads(
  connect: () => Promise<ArgoCd>,
  namespace: string | undefined,
  now: () => number,
  signal: AbortSignal,
): GitopsReads {
  const argocd = shared(connect);
  return {
    installed: shared(async () => (await argocd()).installed(signal)),
    applications: shared(async () => {
      const all = await (await argocd()).applications({ namespace: "argocd" }, signal);
      return namespace === undefined ? all : all.filter(({ destination }) => destination.namespace === namespace);
    }),
    comparesEvery: async (home) => (await argocd()).comparesEvery(home, signal),
    blockedBy: async (application, begunBy) => (await argocd()).blockedBy(application, now(), signal, begunBy),
  };
}
