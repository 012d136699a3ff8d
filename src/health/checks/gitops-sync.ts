import { listed } from "../../core/enumerate.ts";
import type { Application } from "../../k8s/argocd/port.ts";
import { sayField } from "../managed-fields.ts";
import { workloadKey } from "../../core/kubernetes/workload.ts";
import { ofComponent } from "../components/component-reads.ts";
import { applicationCheck, applicationKey, type ApplicationJudgement, words } from "../application-check.ts";
import { applicationSetKey } from "../application-set-check.ts";
import { type Drift, driftsIn, ignoring, isByHand } from "../drift.ts";
import type { HealthContext } from "../health-context.ts";
import { waitsItsTurn } from "../rollout-step.ts";

export const gitopsSync = applicationCheck(
  {
    id: "gitops/sync",
    well: "in sync with Git",
    explain:
      "What is running should match Git. Out of sync means that a change was pushed but is not deployed, or that something was changed in the cluster manually. It is a warning, because what ran before is still running. If Argo CD syncs an Application automatically and has not tried the commit although nothing blocks it, the finding says so: Argo CD sometimes misses the end of a sync window. If a commit was synced and the cluster differs again, the finding names the field and the manager that changed it, according to managedFields; Secrets are not read for this. A controller, a webhook or an autoscaler will change the field again after each sync: remove the field from Git, or make Argo CD ignore it with ignoreDifferences (with self-healing, also set the sync option RespectIgnoreDifferences=true, or each sync of something else reverts it). An Application that an ApplicationSet syncs step by step waits until its step is reached. `gennet app tree APP` shows which resources differ, `gennet sync APP` deploys what is in Git. During a sync, nothing is reported.",
  },
  async (application, context) => {
    const { gitops, gennet } = context;
    const { sync, operation, last } = application;
    if (sync === "Synced" || operation !== undefined) return undone(application, context);
    const about = applicationKey(application);
    if (sync === "Unknown") {
      // gitops/source reports why it cannot be compared.
      return { severity: "unknown", summary: "not compared with Git", symptomOf: { id: "gitops/source", about } };
    }
    const set = await waitsItsTurn(application, gitops);
    if (set !== undefined) {
      const summary = `out of sync${differing(application)}; its ApplicationSet has not reached it yet`;
      return { severity: "warn", summary, symptomOf: { id: "gitops/rollout", about: applicationSetKey(set) } };
    }
    const isBlocked = (await gitops.blockedBy(application)) !== undefined;
    const hasFailed = last?.phase === "Failed" || last?.phase === "Error";
    const refusal = application.conditions.find(({ type }) => type === "SyncError")?.message.replaceAll(/\s+/g, " ");
    if (refusal !== undefined && !isBlocked && !hasFailed) {
      const summary = `out of sync${differing(application)}; Argo CD does not sync it: ${refusal}`;
      return { severity: "warn", summary, fix: gennet(`app tree ${words(application)}`) };
    }
    const isMissed =
      !isBlocked && !hasFailed && isUntried(application) && !(await gitops.blockedBy(application, "automation"));
    const drifts = await driftsIn(application, context.kube);
    const ofOwner = ofComponentThatDiffers(application, context);
    if (drifts.length > 0) return { ...changedBack(application, drifts, gennet), ...ofOwner };
    const summary = `out of sync${differing(application)}${isMissed ? "; its automated sync has not tried this commit, although nothing blocks it" : ""}`;
    const symptomOf = { id: isBlocked ? "gitops/window" : "gitops/operation", about };
    return {
      severity: "warn",
      summary,
      fix: gennet(`sync ${words(application)}`),
      ...(isBlocked || hasFailed ? { symptomOf } : ofOwner),
    };
  },
);

/** Self-healing does not help if it has synced a commit this many times, and recently. */
const healingsInVain = 5;
const lately = 10 * 60_000;

/**
 * Returns a warning if self-healing repeatedly syncs the same commit: the Application only looks synced for a moment
 * each time.
 */
function undone({ last, revisions }: Application, { now }: HealthContext): ApplicationJudgement | undefined {
  const healings = last?.operation.healings ?? 0;
  if (last === undefined || healings < healingsInVain || last.revisions.join() !== revisions.join()) return undefined;
  if (now() - (last.finishedAt ?? now()) > lately) return undefined;
  return { severity: "warn", summary: `${healed(healings)}: something keeps changing what was synced` };
}

/**
 * Returns the component whose workloads are all that differs: if one of them was scaled to 0, that is reported once, as
 * a component that does not run.
 */
function ofComponentThatDiffers(
  { resources }: Application,
  { components }: HealthContext,
): Pick<ApplicationJudgement, "symptomOf"> {
  const different = resources.filter(({ differs }) => differs);
  const owners = new Set(
    different.map(({ kind, namespace, name }) => components.owner(workloadKey(kind, namespace, name))),
  );
  const [owner] = owners;
  return owners.size === 1 && owner !== undefined ? { symptomOf: ofComponent(owner) } : {};
}

function healed(healings: number): string {
  return `self-healing has synced this commit ${healings} times`;
}

/** Returns who changed what after a sync, and how to stop it if it was not a person. */
function changedBack(
  application: Application,
  drifts: readonly Drift[],
  gennet: HealthContext["gennet"],
): ApplicationJudgement {
  const { last, name, spec } = application;
  const changes = drifts.map(
    ({ manager, resource, paths }) =>
      `${manager} changed ${listed(paths.map(sayField))} of ${resource.kind} ${resource.name}`,
  );
  const { healings = 0 } = last?.operation ?? {};
  const often = healings > 1 ? [healed(healings)] : [];
  const isHealing = spec.syncPolicy?.automated?.selfHeal === true;
  const respect = isHealing ? ", and RespectIgnoreDifferences=true to its syncOptions" : "";
  const evidence = drifts.map(({ manager, resource: { kind, namespace, name: of }, paths }) => ({
    manager,
    kind,
    namespace,
    name: of,
    fields: paths.map(sayField),
  }));
  return {
    severity: "warn",
    summary: [`out of sync since its last sync${differing(application)}`, listed(changes), ...often].join("; "),
    fix: drifts.some(isByHand)
      ? gennet(`sync ${words(application)}`)
      : `if that is intended, add to the spec of application ${name}: ignoreDifferences: ${ignoring(drifts)}${respect}`,
    evidence: { changes: evidence },
  };
}

function differing({ resources }: Application): string {
  const names = resources.filter(({ differs }) => differs).map(({ kind, name }) => `${kind} ${name}`);
  return names.length === 0 ? "" : `: ${listed(names)}`;
}

/**
 * Returns whether Argo CD should have synced this commit automatically but did not. It tries each commit once, and
 * skips commits that only require pruning if it may not prune (`autoSync` of its controller).
 */
function isUntried({ spec, revisions, last, resources }: Application): boolean {
  const { automated } = spec.syncPolicy ?? {};
  if (automated === undefined || automated.enabled === false) return false;
  const onlyToPrune = resources.every((each) => !each.differs || each.requiresPruning);
  if (automated.prune !== true && onlyToPrune) return false;
  return last === undefined || last.revisions.join() !== revisions.join();
}
