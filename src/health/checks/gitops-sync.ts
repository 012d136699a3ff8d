import { listed } from "../../core/enumerate.ts";
import type { Application } from "../../k8s/argocd/port.ts";
import { sayField } from "../managed-fields.ts";
import { applicationCheck, applicationKey, type ApplicationJudgement, words } from "../application-check.ts";
import { applicationSetKey } from "../application-set-check.ts";
import { type Drift, driftsIn, ignoring, isByHand } from "../drift.ts";
import type { HealthContext } from "../health-context.ts";
import { waitsItsTurn } from "../rollout-step.ts";

export const gitopsSync = applicationCheck(
  {
    id: "gitops/sync",
    well: "as Git has them",
    explain:
      "What runs should be what Git holds. Out of sync means that a change was pushed which is not deployed, or that something was changed in the cluster by hand; it is a warning, for what ran before still runs. Where Argo CD syncs an Application automatically and has not tried the commit although nothing holds it back, the finding says so: Argo CD misses the end of a sync window now and then. Where a commit was synced and differs again, the finding names the field and the manager that changed it, as the API server keeps it in managedFields; a Secret is not read for that. A controller, a webhook or an autoscaler will change it again after each sync: take the field out of Git, or have Argo CD leave it alone by ignoreDifferences (with self-healing also the sync option RespectIgnoreDifferences=true, or each sync of something else undoes it). One that an ApplicationSet syncs step by step, and has not come to, waits for its turn. `gennet app tree APP` shows which resources differ, `gennet sync APP` deploys what Git holds. While a sync is under way nothing is said.",
  },
  async (application, context) => {
    const { gitops, gennet } = context;
    const { sync, operation, last } = application;
    if (sync === "Synced" || operation !== undefined) return undone(application, context);
    const about = applicationKey(application);
    if (sync === "Unknown") {
      // Why it cannot be compared is what gitops/source says.
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
    if (drifts.length > 0) return changedBack(application, drifts, gennet);
    const summary = `out of sync${differing(application)}${isMissed ? "; its automated sync has not tried this commit, though nothing holds it back" : ""}`;
    const symptomOf = { id: isBlocked ? "gitops/window" : "gitops/operation", about };
    return {
      severity: "warn",
      summary,
      fix: gennet(`sync ${words(application)}`),
      ...(isBlocked || hasFailed ? { symptomOf } : {}),
    };
  },
);

/** Self-healing that lasts for as long as this many syncs of a commit, and lasted until now, is in vain. */
const healingsInVain = 5;
const lately = 10 * 60_000;

/** An Application that looks synced, or is being synced, each time for a moment. */
function undone({ last, revisions }: Application, { now }: HealthContext): ApplicationJudgement | undefined {
  const healings = last?.operation.healings ?? 0;
  if (last === undefined || healings < healingsInVain || last.revisions.join() !== revisions.join()) return undefined;
  if (now() - (last.finishedAt ?? now()) > lately) return undefined;
  return { severity: "warn", summary: `${healed(healings)}: something changes again and again what Git holds` };
}

function healed(healings: number): string {
  return `self-healing has synced this commit ${healings} times`;
}

/** What was synced, and is no longer so: by whom, and what to do about one that is no person. */
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
      : `where that is meant, add to the spec of application ${name}: ignoreDifferences: ${ignoring(drifts)}${respect}`,
    evidence: { changes: evidence },
  };
}

function differing({ resources }: Application): string {
  const names = resources.filter(({ differs }) => differs).map(({ kind, name }) => `${kind} ${name}`);
  return names.length === 0 ? "" : `: ${listed(names)}`;
}

/**
 * Whether Argo CD should have synced this commit by itself and did not. By its own rules it tries a commit once, and
 * none that only needs to be pruned where it may not prune (`autoSync` of its controller).
 */
function isUntried({ spec, revisions, last, resources }: Application): boolean {
  const { automated } = spec.syncPolicy ?? {};
  if (automated === undefined || automated.enabled === false) return false;
  const onlyToPrune = resources.every((each) => !each.differs || each.requiresPruning);
  if (automated.prune !== true && onlyToPrune) return false;
  return last === undefined || last.revisions.join() !== revisions.join();
}
