import type { Finding } from "../core/finding.ts";
import { unknownBecause } from "../core/run-checks.ts";
import { throwUnlessTimeIsUp } from "../core/time-is-up.ts";
import type { ArgoCd } from "../k8s/argocd/port.ts";

/** A region, or a kubeconfig context, with the way to its Argo CD. */
export interface GitopsRegion {
  readonly name: string;
  /** Regions are synced wave by wave, the lowest first. */
  readonly wave: number;
  readonly connect: () => Promise<ArgoCd>;
  readonly commands: RegionCommands;
}

/** Commands about a region that can be pasted into a shell, from words that are quoted where they need to be. */
export interface RegionCommands {
  /** `-n shop logs job/migrate` → `kubectl --context eu -n shop logs job/migrate` */
  readonly kubectl: (words: string) => string;
  /** `app tree orders` → `gennet app tree orders --region eu` */
  readonly gennet: (words: string) => string;
}

/**
 * What `work` answers about a region's Argo CD, or what keeps it from an answer: one region that is down hides nothing
 * of the others, nor does one that has not answered when --timeout ends. Throws what is a mistake of the command line.
 */
export async function reachArgoCd<T>(
  { name, connect }: GitopsRegion,
  work: (argocd: ArgoCd) => Promise<T>,
  signal: AbortSignal,
): Promise<{ readonly answer: T } | { readonly finding: Finding }> {
  const about = { id: "gitops/controller", region: name, subject: "Argo CD" };
  try {
    const argocd = await connect();
    if (await argocd.installed(signal)) return { answer: await work(argocd) };
  } catch (error) {
    throwUnlessTimeIsUp(signal);
    return { finding: { ...about, ...unknownBecause(signal.aborted ? signal.reason : error) } };
  }
  const summary = "not installed: the API server serves no Application of argoproj.io/v1alpha1";
  return { finding: { ...about, severity: "unknown", summary } };
}
