import type { Check, CheckFinding } from "../../core/check.ts";
import { formatDuration } from "../../core/duration.ts";
import { shell } from "../../core/shell-words.ts";
import type { Application } from "../../k8s/argocd/port.ts";
import { foldAlike } from "../fold-alike.ts";
import type { HealthContext } from "../health-context.ts";

const id = "gitops/controller";

export const gitopsController: Check<HealthContext> = {
  id,
  title: "Argo CD",
  explain:
    "Argo CD's application controller compares every Application with Git every few minutes (`timeout.reconciliation` in the ConfigMap argocd-cm). Where none was compared for three times as long, it does not run or cannot keep up; then what the Applications show is from before, and is not taken for their state now. It may run outside of the cluster, as EKS's capability for Argo CD does; what counts is that it compares. Without Argo CD, or without Applications, there is nothing to ask.",
  needs: ["cluster/api"],
  async run(context) {
    const about = { id, subject: "Argo CD" } as const;
    const { gitops, kube } = context;
    if (!(await gitops.installed())) return [{ ...about, severity: "skip", summary: "not installed" }];
    const applications = await gitops.applications();
    if (applications.length === 0) {
      const where = kube.namespace === undefined ? "" : ` that deploys into ${kube.namespace.name}`;
      return [{ ...about, severity: "skip", summary: `there is no Application${where}` }];
    }
    // A controller is judged by all of its Applications, and not only by those that are looked at.
    const homes = foldAlike(await gitops.everyApplication(), homeOf);
    return Promise.all(homes.map((own) => judge(homeOf(own[0]), own, homes.length > 1, context)));
  },
};

function homeOf({ controllerNamespace = "argocd" }: Application): string {
  return controllerNamespace;
}

/** One controller, by the Applications that are its own; those that it must not look at tell nothing about it. */
async function judge(
  home: string,
  own: readonly Application[],
  severalHomes: boolean,
  { gitops, now, kubectl }: HealthContext,
): Promise<CheckFinding> {
  const about = { id, subject: severalHomes ? `Argo CD in ${home}` : "Argo CD" } as const;
  const watched = own.filter(({ paused, deletingSince }) => !paused && deletingSince === undefined);
  const fix = own.some(isOfEks)
    ? "aws eks list-capabilities --cluster-name NAME  # shows the capability that runs it"
    : `${kubectl} ${shell`-n ${home} get pods`}`;
  if (watched.length === 0) {
    return { ...about, severity: "skip", summary: "not known: all of its Applications are paused or being deleted" };
  }
  const newest = Math.max(...own.map(({ reconciledAt }) => reconciledAt ?? -Infinity));
  if (newest === -Infinity) {
    return { ...about, severity: "fail", summary: "has not compared any Application yet", fix };
  }
  const every = await gitops.comparesEvery(home);
  const age = now() - newest;
  const told = `compared the last Application ${formatDuration(Math.max(age, 0))} ago`;
  const evidence = { applications: own.length };
  if (every === undefined || age <= 3 * every) return { ...about, severity: "ok", summary: told, evidence };
  const summary = `its controller does not run or cannot keep up: ${told}, and should every ${formatDuration(every)}`;
  return { ...about, severity: "fail", summary, fix };
}

/** EKS's capability for Argo CD names clusters by their ARN, and its controller runs in no pod of the cluster. */
function isOfEks({ destination }: Application): boolean {
  return destination.server?.startsWith("arn:") === true;
}
