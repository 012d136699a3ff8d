import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import { type Shared, shared } from "./shared.ts";

/** What the checks read of one cluster's Argo CD, each at most once. */
export interface GitopsReads {
  readonly installed: Shared<boolean>;
  readonly applications: Shared<readonly Application[]>;
  /** Milliseconds; undefined where Argo CD only compares when it is asked to. */
  readonly comparesEvery: Shared<number | undefined>;
  /** The sync window that keeps an Application from being synced now. */
  blockedBy(application: Application): Promise<string | undefined>;
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
    comparesEvery: shared(async () => (await argocd()).comparesEvery(signal)),
    blockedBy: async (application) => (await argocd()).blockedBy(application, now(), signal),
  };
}
