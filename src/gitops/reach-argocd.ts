import type { Finding } from "../core/finding.ts";
import { unknownBecause } from "../core/run-checks.ts";
import { throwUnlessTimeIsUp } from "../core/time-is-up.ts";
import type { ArgoCd } from "../k8s/argocd/port.ts";

/** A region or kubeconfig context, with access to its Argo CD. */
export interface GitopsRegion {
  readonly name: string;
  /** Regions are synced wave by wave, lowest first. */
  readonly wave: number;
  readonly connect: () => Promise<ArgoCd>;
  readonly commands: RegionCommands;
}

/** Commands for a region, quoted so that they can be pasted into a shell. */
export interface RegionCommands {
  /** `-n shop logs job/migrate` → `kubectl --context eu -n shop logs job/migrate` */
  readonly kubectl: (words: string) => string;
  /** `app tree orders` → `gennet app tree orders --region eu` */
  readonly gennet: (words: string) => string;
}

/**
 * Returns the result of `work` for a region's Argo CD, or why there is none: a region that is down, or has not answered
 * when --timeout ends, does not hide the others. Throws command-line errors.
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
