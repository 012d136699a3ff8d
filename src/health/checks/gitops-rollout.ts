import type { CheckFinding } from "../../core/check.ts";
import { formatDuration } from "../../core/duration.ts";
import { listed, counted } from "../../core/enumerate.ts";
import { shell } from "../../core/shell-words.ts";
import type { Application, ApplicationSet } from "../../k8s/argocd/port.ts";
import { applicationKey, words } from "../application-check.ts";
import { applicationSetCheck, applicationSetKey, type SetJudgement } from "../application-set-check.ts";
import { whyOld } from "../current-application.ts";
import type { HealthContext } from "../health-context.ts";
import { type Blocking, type CurrentStep, currentStep } from "../rollout-step.ts";

/** Longer than a sync should take, if nothing holds it. */
const patienceMs = 30 * 60_000;

export const gitopsRollout = applicationSetCheck(
  {
    id: "gitops/rollout",
    title: "progressive syncs",
    well: "no step is waiting",
    concerns: ({ steps, deletingSince }) => steps !== undefined && deletingSince === undefined,
    explain:
      "With the strategy RollingSync, an ApplicationSet syncs its Applications step by step, and starts a step when every Application of the previous one is Synced and Healthy. An Application that is healthy but out of sync, suspended, held by a sync window, or whose sync failed blocks all later steps, and Argo CD does not report it. The finding names the step, what it is waiting for, and since when; after 30 minutes without a change it fails. If an Application is Pending although no sync of it has started, the controller has lost it: `gennet sync APP` gets it going. Do not sync Applications of later steps manually, because that breaks the order. Nothing syncs an Application that no step selects. If the controller runs without progressive syncs (`applicationsetcontroller.enable.progressive.syncs` in argocd-cmd-params-cm), the strategy has no effect, and all steps are synced at once.",
  },
  async (set, applications, context) => {
    const { steps = 0, rollout } = set;
    const fix = `${context.kubectl} ${shell`-n ${set.namespace} describe applicationset ${set.name}`}`;
    if (rollout.length === 0) return withoutRollout(set, applications, context, fix);
    const invalid = set.conditions.filter(({ type, status }) => type === "InvalidRolloutConfig" && status === "True");
    const stray = applications.filter(
      ({ name, sync }) => sync === "OutOfSync" && rollout.some((each) => each.application === name && each.step < 1),
    );
    const current = currentStep(set, applications);
    return [
      ...invalid.map(({ message }): SetJudgement => ({ severity: "warn", summary: message, fix })),
      ...stray.map((each): SetJudgement => ({
        severity: "warn",
        summary: `application ${each.name} is out of sync, and in none of the ${steps} steps: nothing syncs it`,
        fix: context.gennet(`sync ${words(each)}`),
      })),
      ...(current === undefined ? [] : [await waiting(current, steps, context, fix)]),
    ];
  },
);

/** Returns why steps are blocked if the controller has not recorded a rollout. */
function withoutRollout(
  set: ApplicationSet,
  { length }: readonly Application[],
  { kubectl }: HealthContext,
  fix: string,
): readonly SetJudgement[] {
  if (set.steps === 0) {
    const symptomOf = { id: "gitops/generated", about: applicationSetKey(set) };
    return [{ severity: "fail", summary: "RollingSync has no steps: nothing is generated", fix, symptomOf }];
  }
  if (set.conditions.length === 0) {
    return [{ severity: "unknown", summary: "its controller has not reconciled it", fix }];
  }
  // With progressive syncs, the controller records its progress even before there is an Application.
  if (length === 0 || set.conditions.some(({ type }) => type === "RolloutProgressing")) {
    return [{ severity: "skip", summary: "has no Application yet" }];
  }
  return [
    {
      severity: "warn",
      summary: `RollingSync has no effect: its controller runs without progressive syncs, and syncs ${counted(length, "Application")} in no particular order`,
      fix: `${kubectl} ${shell`-n ${set.namespace} get configmap argocd-cmd-params-cm -o yaml`}`,
    },
  ];
}

async function waiting(
  { step, blocking, since, behind }: CurrentStep,
  steps: number,
  context: HealthContext,
  describe: string,
): Promise<SetJudgement> {
  const reasons = await Promise.all(blocking.map((each) => reasonOf(each, context, describe)));
  const age = since === undefined ? undefined : Math.max(context.now() - since, 0);
  const when = since === undefined ? "" : `, since ${new Date(since).toISOString()} (${formatDuration(age ?? 0)})`;
  const left =
    behind === 0 ? "" : `; ${counted(behind, "Application")} of later steps ${behind === 1 ? "waits" : "wait"}`;
  const [first] = reasons;
  const isHeld = reasons.every(({ held }) => held === true);
  return {
    severity: !isHeld && (age ?? 0) > patienceMs ? "fail" : "warn",
    summary: `step ${step} of ${steps} waits for ${listed(reasons.map(({ summary }) => summary))}${when}${left}`,
    ...(first === undefined ? {} : { fix: first.fix, ...(first.symptomOf && { symptomOf: first.symptomOf }) }),
    evidence: { step, steps, waitsFor: blocking.map(({ state }) => state), behind },
  };
}

interface Reason extends Pick<CheckFinding, "symptomOf"> {
  readonly summary: string;
  readonly fix: string;
  /** Whether it continues by itself when a sync window opens or closes. */
  readonly held?: boolean;
}

/** Returns why an Application blocks a step, and the check that reports more about it. */
async function reasonOf({ state, application }: Blocking, context: HealthContext, describe: string): Promise<Reason> {
  const say = (what: string): string => `${state.application} (${state.status}: ${what})`;
  if (application === undefined) return { summary: say("there is no such Application"), fix: describe };
  const { sync, health, last, operation, deletingSince, sourceProblem, resources } = application;
  const symptomOf = (id: string) => ({ symptomOf: { id, about: applicationKey(application) } });
  const look = context.gennet(`app tree ${words(application)}`);
  if (deletingSince !== undefined) return { summary: say("being deleted"), fix: look, ...symptomOf("gitops/deletion") };
  if ((await whyOld(application, context)) !== undefined) {
    return { summary: say("not compared by Argo CD"), fix: look, ...symptomOf("gitops/compared") };
  }
  if (sourceProblem !== undefined) {
    return { summary: say("its source cannot be read"), fix: look, ...symptomOf("gitops/source") };
  }
  // Syncs by the ApplicationSet controller count as automated ones.
  const hold = await context.gitops.blockedBy(application, "automation");
  if (hold !== undefined && (operation !== undefined || sync === "OutOfSync")) {
    return { summary: say(hold.reason), fix: look, held: true, ...symptomOf("gitops/window") };
  }
  if (operation !== undefined)
    return { summary: say("its sync is running"), fix: look, ...symptomOf("gitops/operation") };
  if (last?.phase === "Failed" || last?.phase === "Error") {
    return { summary: say(`its sync failed: ${last.message}`), fix: look, ...symptomOf("gitops/operation") };
  }
  if (state.status === "Waiting") return { summary: say("its sync has not been requested"), fix: describe };
  if (state.status === "Pending" && (last?.startedAt ?? 0) < (state.since ?? Infinity)) {
    return { summary: say("no sync of it has started"), fix: context.gennet(`sync ${words(application)}`) };
  }
  const isUnhealthy = health !== "Healthy" && health !== "Suspended";
  const differing = resources.filter(({ differs }) => differs).map(({ kind, name }) => `${kind} ${name}`);
  const which = differing.length === 0 ? "" : `, differing in ${listed(differing)}`;
  const cause = isUnhealthy ? symptomOf("gitops/health") : {};
  return { summary: say(`${sync} and ${health}${sync === "OutOfSync" ? which : ""}`), fix: look, ...cause };
}
