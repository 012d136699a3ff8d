import type { Clock } from "../../core/clock.ts";
import { formatDuration } from "../../core/duration.ts";
import type { Finding } from "../../core/finding.ts";
import type { Gate, GateAnswer } from "../../core/gate.ts";

/** What a gate of a region answered last. */
export interface RegionGate {
  readonly gate: string;
  /** `waiting`: not evaluated, because a gate before it did not pass. */
  readonly answer: GateAnswer["answer"] | "waiting";
  /** What it was shown by, if it passed: `PostgreSQL: accepts TLS; nothing logged in`. */
  readonly shown?: readonly string[];
}

export interface GatedRegion {
  /** In the order in which they are evaluated. */
  readonly gates: readonly RegionGate[];
  /** Why a gate did not pass. */
  readonly findings: readonly Finding[];
}

interface GateSettings {
  readonly clock: Clock;
  /** Reports the gate that the region waits for. */
  readonly waiting: (detail: string) => void;
}

/** The pause between two rounds. */
const pauseMs = 10_000;
/** Argo CD installs the platform meanwhile: as long as the findings change, there is progress. */
const standstillMs = 5 * 60_000;
const patienceMs = 30 * 60_000;

/**
 * Evaluates the gates of a region, each only if those before it pass, until all pass, or until what keeps one of them
 * from passing has not changed for five minutes.
 */
export async function passGates(
  region: string,
  gates: readonly Gate[],
  { clock, waiting }: GateSettings,
  signal: AbortSignal,
): Promise<GatedRegion> {
  const begun = clock.now();
  let seen: { readonly what: string; readonly since: number } | undefined;
  for (;;) {
    const round = await evaluated(gates, signal);
    const { failed, answer } = round;
    const results = gates.map((gate, at) => ({ gate: gate.id, answer: answerAt(round, at), ...shownBy(round, at) }));
    if (failed === undefined || answer === undefined) return { gates: results, findings: [] };
    const now = clock.now();
    const findings = reasonsOf(region, failed, answer);
    const what = JSON.stringify(findings.map(({ id, subject, summary }) => [id, subject, withoutNumbers(summary)]));
    if (seen?.what !== what) seen = { what, since: now };
    const isOver = now - seen.since >= standstillMs || now - begun >= patienceMs;
    if (isOver || isFutile(answer)) return { gates: results, findings };
    const [first] = findings;
    waiting(`${failed.id}: ${first?.summary ?? answer.answer}, for ${formatDuration(now - seen.since)}`);
    await clock.sleep(pauseMs, signal);
  }
}

interface Round {
  /** The answers of the gates that passed. */
  readonly passed: readonly GateAnswer[];
  readonly failed?: Gate;
  readonly answer?: GateAnswer;
}

async function evaluated(gates: readonly Gate[], signal: AbortSignal): Promise<Round> {
  const passed: GateAnswer[] = [];
  for (const gate of gates) {
    const answer = await gate.evaluate(signal);
    signal.throwIfAborted();
    if (answer.answer !== "pass") return { passed, failed: gate, answer };
    passed.push(answer);
  }
  return { passed };
}

function answerAt({ passed, answer }: Round, at: number): RegionGate["answer"] {
  if (at < passed.length) return "pass";
  return at === passed.length ? (answer?.answer ?? "waiting") : "waiting";
}

function shownBy({ passed }: Round, at: number): Pick<RegionGate, "shown"> {
  const good = passed[at]?.findings.filter(({ severity }) => severity === "ok") ?? [];
  return good.length === 0 ? {} : { shown: good.map(({ subject, summary }) => `${subject}: ${summary}`) };
}

/** Returns the root findings that keep a gate from passing, as findings about the gate. */
function reasonsOf(region: string, gate: Gate, { answer, findings }: GateAnswer): readonly Finding[] {
  const about = { id: "region/gate", region } as const;
  const severity = answer === "fail" ? "fail" : "unknown";
  const obstacle = severity === "unknown" ? ({ obstacle: "unreachable" } as const) : {};
  const isReason = (finding: Finding): boolean =>
    finding.severity === severity || (severity === "fail" && finding.severity === "warn");
  const bad = findings.filter(isReason);
  const roots = bad.filter(({ cause }) => cause === undefined);
  const reasons = roots.length > 0 ? roots : bad;
  if (reasons.length === 0) {
    const [skipped] = findings;
    const summary =
      skipped === undefined ? "no check had anything to look at" : `${skipped.subject}: ${skipped.summary}`;
    return [{ ...about, severity, ...obstacle, subject: `gate "${gate.id}"`, summary, fix: "gennet status -o wide" }];
  }
  return reasons.map(({ id, subject, summary, fix, obstacle: own }) => ({
    ...about,
    severity,
    ...(severity === "unknown" && own === "denied" ? { obstacle: own } : obstacle),
    subject: `gate "${gate.id}"`,
    summary: `${subject}: ${summary} [${id}]`,
    ...(fix === undefined ? {} : { fix }),
  }));
}

/** Returns whether waiting cannot help: something may not be read, or gennet.yaml lacks what is needed to ask. */
function isFutile({ answer, findings }: GateAnswer): boolean {
  return answer === "unknown" && findings.some(({ obstacle }) => obstacle === "misconfigured" || obstacle === "denied");
}

/** Ages and counts of retries change by themselves. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, "");
}
