import { isNameOfEks } from "../../core/argocd-names.ts";
import type { Check, CheckFinding } from "../../core/check.ts";
import { formatDuration } from "../../core/duration.ts";
import { shell } from "../../core/shell-words.ts";
import type { Application } from "../../k8s/argocd/port.ts";
import { ofComponent } from "../components/component-reads.ts";
import { foldAlike } from "../fold-alike.ts";
import type { HealthContext } from "../health-context.ts";

const id = "gitops/controller";

export const gitopsController: Check<HealthContext> = {
  id,
  title: "Argo CD",
  explain:
    "Argo CD's application controller compares every Application with Git every few minutes (`timeout.reconciliation` in the ConfigMap argocd-cm). If none was compared for three times as long, the controller is not running or cannot keep up, and what the Applications show is outdated. The controller may run outside the cluster, like EKS's capability for Argo CD; what counts is that it compares. Without Argo CD, or without Applications, the check is skipped.",
  needs: ["cluster/api", "platform/argocd"],
  async run(context) {
    const about = { id, subject: "Argo CD" } as const;
    const { gitops, kube } = context;
    if (!(await gitops.installed())) return [{ ...about, severity: "skip", summary: "not installed" }];
    const applications = await gitops.applications();
    if (applications.length === 0) {
      const where = kube.namespace === undefined ? "" : ` that deploys into ${kube.namespace.name}`;
      return [{ ...about, severity: "skip", summary: `there is no Application${where}` }];
    }
    // A controller is judged by all its Applications, not only by the selected ones.
    const homes = foldAlike(await gitops.everyApplication(), homeOf);
    return Promise.all(homes.map((own) => judge(homeOf(own[0]), own, homes.length > 1, context)));
  },
};

function homeOf({ controllerNamespace = "argocd" }: Application): string {
  return controllerNamespace;
}

/** Judges one controller by its Applications. Those that it must not reconcile show nothing about it. */
async function judge(
  home: string,
  own: readonly Application[],
  severalHomes: boolean,
  { gitops, now, kubectl }: HealthContext,
): Promise<CheckFinding> {
  const about = { id, subject: severalHomes ? `Argo CD in ${home}` : "Argo CD" } as const;
  const watched = own.filter(({ paused, deletingSince }) => !paused && deletingSince === undefined);
  // Argo CD of EKS has no pods in the cluster.
  const fix = own.some(({ destination }) => isNameOfEks(destination.server))
    ? "aws eks list-capabilities --cluster-name NAME  # shows the capability that runs it"
    : `${kubectl} ${shell`-n ${home} get pods`}`;
  const symptomOf = ofComponent("argocd");
  if (watched.length === 0) {
    return { ...about, severity: "skip", summary: "not known: all of its Applications are paused or being deleted" };
  }
  const newest = Math.max(...own.map(({ reconciledAt }) => reconciledAt ?? -Infinity));
  if (newest === -Infinity) {
    return { ...about, severity: "fail", summary: "has not compared any Application yet", fix, symptomOf };
  }
  const every = await gitops.comparesEvery(home);
  const age = now() - newest;
  const told = `last compared an Application ${formatDuration(Math.max(age, 0))} ago`;
  const evidence = { applications: own.length };
  if (every === undefined || age <= 3 * every) return { ...about, severity: "ok", summary: told, evidence };
  const summary = `its controller is not running or cannot keep up: ${told}, but should every ${formatDuration(every)}`;
  return { ...about, severity: "fail", summary, fix, symptomOf };
}
