import type { Check, CheckFinding } from "../../core/check.ts";
import { counted, enumerate } from "../../core/enumerate.ts";
import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import type { CollectorCounts, CollectorPod } from "../../k8s/collector/port.ts";
import { keyOf, ofComponent } from "../components/component-reads.ts";
import { foldAlike } from "../fold-alike.ts";
import type { HealthContext } from "../health-context.ts";
import { fullName, silences, type SilentPod } from "../silent-pods.ts";
import { withWell } from "../with-well.ts";

const id = "tracing/collector";
const title = "delivery of spans";
/** How long batches may wait without one being sent: a Collector that delivers sends within a second. */
const patienceMs = 5_000;

type State = "delivers" | "idle" | "losing" | "stuck" | "lost all" | "lost some";

interface JudgedPod extends Omit<CollectorPod, "counts"> {
  readonly counts: CollectorCounts;
  readonly state: State;
}

export const tracingCollector: Check<HealthContext> = {
  id,
  title,
  explain:
    "A Collector that accepts spans may not deliver them. The check reads its own metrics through a port-forward to port 8888 of each of its pods: how many spans it accepted, sent and lost, and how many batches wait in its queue. If batches wait, or spans were lost, it reads them again after 5 s: no batch sent in this time, or more spans lost, is a failure. The backend (`platform.tracing.endpoint` in gennet.yaml) does not answer or refuses the spans; the Collector's log says why. Spans that were lost earlier are a warning while it delivers again. A Collector that has accepted no span since it started proves nothing, and is skipped. Without a `platform` in gennet.yaml, the check does not run.",
  needs: ["cluster/api", "platform/collector"],
  async run(context, signal) {
    const { components, collectors, kubectl, pause } = context;
    const [ref] = components.expected("collector")?.workloads ?? [];
    if (ref === undefined) return [];
    const [workload] = await components.workloads(ref);
    const labels = workload?.spec.selector?.matchLabels;
    const read = async (): Promise<readonly CollectorPod[]> =>
      labels === undefined ? [] : collectors.read({ namespace: ref.namespace, labels }, signal);
    const before = await read();
    if (before.length === 0) {
      const symptomOf = ofComponent("collector");
      return [
        { id, severity: "unknown", obstacle: "unreachable", subject: title, summary: "no Collector runs", symptomOf },
      ];
    }
    const isDoubtful = answering(before).some(({ counts: { waiting, lost } }) => waiting + lost > 0);
    if (isDoubtful) await pause(patienceMs, signal);
    const after = isDoubtful ? await read() : before;
    const judged = answering(after).map((pod): JudgedPod => {
      const earlier = answering(before).find(({ name }) => name === pod.name);
      return { ...pod, state: stateOf(pod.counts, earlier?.counts ?? pod.counts) };
    });
    const fix = `${kubectl} ${shell`-n ${ref.namespace} logs ${`${ref.kind.toLowerCase()}/${ref.name}`}`} --tail=50`;
    const bad = judged.filter(({ state }) => state !== "delivers" && state !== "idle");
    const findings = foldAlike(bad, ({ state }) => state).map((alike) => toFinding(alike, fix, keyOf(ref)));
    const silent = after.flatMap(({ namespace, name, counts }) =>
      counts instanceof AppError ? [{ namespace, name, error: counts }] : [],
    );
    const subject = (alike: readonly SilentPod[]): string => enumerate(alike.map(fullName), "Collector");
    const unknown = silences(silent, subject, (pod) => `pod ${fullName(pod)}`).map((each): CheckFinding => ({
      id,
      ...each,
    }));
    const delivering = judged.filter(({ state }) => state === "delivers");
    const evidence = { sent: sum(delivering, "sent") };
    const none = "no span has been accepted since the start, so nothing shows whether spans are delivered";
    const summary = delivering.length === 1 ? "delivers" : "deliver";
    return withWell([...findings, ...unknown], {
      id,
      count: delivering.length,
      one: "Collector",
      summary,
      evidence,
      none,
    });
  },
};

function answering(
  pods: readonly CollectorPod[],
): readonly (Omit<CollectorPod, "counts"> & { readonly counts: CollectorCounts })[] {
  return pods.flatMap(({ counts, ...pod }) => (counts instanceof AppError ? [] : [{ ...pod, counts }]));
}

function stateOf(now: CollectorCounts, before: CollectorCounts): State {
  if (now.lost > before.lost) return "losing";
  if (now.waiting > 0 && before.waiting > 0 && now.sent === before.sent) return "stuck";
  if (now.lost > 0) return now.sent === 0 ? "lost all" : "lost some";
  return now.sent > 0 ? "delivers" : "idle";
}

function toFinding(alike: readonly [JudgedPod, ...JudgedPod[]], fix: string, key: string): CheckFinding {
  const [{ state }] = alike;
  const [lost, waiting] = [sum(alike, "lost"), sum(alike, "waiting")];
  const spans = counted(lost, "span");
  const summaries: Readonly<Partial<Record<State, string>>> = {
    losing: `does not deliver: ${spans} lost since the start, and it is losing more`,
    stuck: `does not deliver: ${counted(waiting, "batch waits", "batches wait")}, and none was sent in ${patienceMs / 1_000} s`,
    "lost all": `has never delivered a span: ${spans} lost since the start`,
    "lost some": `${spans} lost since the start; it delivers now`,
  };
  return {
    id,
    severity: state === "lost some" ? "warn" : "fail",
    subject: enumerate(
      alike.map(({ namespace, name }) => `${namespace}/${name}`),
      "Collector",
    ),
    about: [key],
    summary: summaries[state] ?? state,
    fix,
    evidence: { accepted: sum(alike, "accepted"), sent: sum(alike, "sent"), lost, waiting },
  };
}

function sum(pods: readonly { readonly counts: CollectorCounts }[], field: keyof CollectorCounts): number {
  return pods.reduce((total, { counts }) => total + counts[field], 0);
}
