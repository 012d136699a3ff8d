import { AppError } from "../core/error.ts";
import type { Application, ApplicationSet, ArgoCd, SyncHold } from "../k8s/argocd/port.ts";
import { shared, type Shared } from "../core/shared.ts";

/** What the checks read from one cluster's Argo CD, each at most once. */
export interface GitopsReads {
  readonly installed: Shared<boolean>;
  /** The selected Applications. */
  readonly applications: Shared<readonly Application[]>;
  /** The Applications of all namespaces, or only of `argocd` if the user may not read the others. */
  readonly everyApplication: Shared<readonly Application[]>;
  /** The selected ApplicationSets: for one namespace, those that generate one of the selected Applications. */
  readonly applicationSets: Shared<readonly ApplicationSet[]>;
  /** Milliseconds; undefined if Argo CD only compares on request. */
  comparesEvery(namespace: string): Promise<number | undefined>;
  /** Returns the sync window that prevents a sync of an Application now. */
  blockedBy(application: Application, begunBy?: "hand" | "automation"): Promise<SyncHold | undefined>;
}

/** Creates the reads. If a namespace is selected, they cover the Applications that deploy into it. */
export function createGitopsReads(
  connect: () => Promise<ArgoCd>,
  namespace: string | undefined,
  now: () => number,
  signal: AbortSignal,
): GitopsReads {
  const argocd = shared(connect);
  const everywhere = async <T>(read: (query: { readonly namespace?: string }) => Promise<T>): Promise<T> => {
    try {
      return await read({});
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "KUBE_DENIED") throw error;
      return read({ namespace: "argocd" });
    }
  };
  const everyApplication = shared(() => everywhere(async (query) => (await argocd()).applications(query, signal)));
  const applications = shared(async () => {
    const all = await everyApplication();
    return namespace === undefined ? all : all.filter(({ destination }) => destination.namespace === namespace);
  });
  return {
    everyApplication,
    installed: shared(async () => (await argocd()).installed(signal)),
    applications,
    applicationSets: shared(async () => {
      const sets = await everywhere(async (query) => (await argocd()).applicationSets(query, signal));
      if (namespace === undefined) return sets;
      const making = new Set((await applications()).map((each) => `${each.namespace}/${each.applicationSet}`));
      return sets.filter((each) => making.has(`${each.namespace}/${each.name}`));
    }),
    comparesEvery: async (home) => (await argocd()).comparesEvery(home, signal),
    blockedBy: async (application, begunBy) => (await argocd()).blockedBy(application, now(), signal, begunBy),
  };
}
