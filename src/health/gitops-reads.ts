import { AppError } from "../core/error.ts";
import type { Application, ApplicationSet, ArgoCd, SyncHold } from "../k8s/argocd/port.ts";
import { shared, type Shared } from "../core/shared.ts";

/** What the checks read of one cluster's Argo CD, each at most once. */
export interface GitopsReads {
  readonly installed: Shared<boolean>;
  /** Those that are looked at. */
  readonly applications: Shared<readonly Application[]>;
  /** Those of all namespaces; of `argocd` alone for a user who may read no others. */
  readonly everyApplication: Shared<readonly Application[]>;
  /** Those that are looked at; of one namespace, those that make an Application that is. */
  readonly applicationSets: Shared<readonly ApplicationSet[]>;
  /** Milliseconds; undefined where Argo CD only compares when it is asked to. */
  comparesEvery(namespace: string): Promise<number | undefined>;
  /** The sync window that keeps an Application from being synced now. */
  blockedBy(application: Application, begunBy?: "hand" | "automation"): Promise<SyncHold | undefined>;
}

/** Where only one namespace is looked at: the Applications that deploy into it. */
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
