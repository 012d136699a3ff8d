import { anySignal } from "./any-signal.ts";
import { createLimiter } from "./bounded.ts";
import { type Check, type CheckFinding, matches, skipReason } from "./check.ts";
import { AppError } from "./error.ts";
import { exit } from "./exit.ts";
import type { Finding, Obstacle } from "./finding.ts";
import { foldDenied } from "./fold-denied.ts";
import { linkFindings } from "./link-findings.ts";
import { throwUnlessTimeIsUp } from "./time-is-up.ts";

export interface RunChecksOptions<C> {
  readonly context: C;
  /** The name of the region or context, for the findings. */
  readonly region?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** How many checks run at once. */
  readonly limit?: number;
  /** For checks without their own time-out. */
  readonly timeoutMs?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Rejects patterns that match no check: a misspelt --only would run no checks and report everything as healthy. */
export function assertNamed(checks: readonly Pick<Check<never>, "id">[], patterns: readonly string[]): void {
  const stray = patterns.find((pattern) => !checks.some((check) => matches([pattern], check.id)));
  if (stray === undefined) return;
  throw new AppError("USAGE_INVALID", `No check is named by "${stray}".`, {
    next: [`There are: ${checks.map((check) => check.id).join(", ")}`],
  });
}

/**
 * Runs every check of one place and returns their findings in the order of the checks. A check whose need failed is
 * skipped and becomes a symptom of that need. If a check cannot find its answer, or --timeout is over, the finding is
 * `unknown`; any other error (usage, or a bug) ends the run and is thrown.
 */
export async function runChecks<C>(checks: readonly Check<C>[], options: RunChecksOptions<C>): Promise<Finding[]> {
  const { limit = 24 } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const inTurn = createLimiter(limit);
  const started = new Map<string, Promise<CheckFinding[]>>();

  const ask = async (check: Check<C>): Promise<CheckFinding[]> => {
    const out = skipReason(check.id, options);
    if (out !== undefined) return [skipped(check, out)];
    for (const need of check.needs ?? []) {
      const failed = (await start(need)).find(isBlocking);
      if (failed === undefined) continue;
      return [{ ...skipped(check, `not asked: ${failed.summary}`), symptomOf: { finding: failed } }];
    }
    return inTurn(() => runOne(check, options, signal));
  };

  const start = (id: string, by: readonly string[] = []): Promise<CheckFinding[]> => {
    const known = started.get(id);
    if (known !== undefined) return known;
    const check = checks.find((candidate) => candidate.id === id);
    if (check === undefined) throw new Error(`a check needs "${id}", which does not exist`);
    if (by.includes(id)) throw new Error(`checks need each other: ${[...by, id].join(" → ")}`);
    for (const need of check.needs ?? []) void start(need, [...by, id]);
    const findings = ask(check);
    started.set(id, findings);
    return findings;
  };

  try {
    const findings = await Promise.all(checks.map((check) => start(check.id)));
    return foldDenied(linkFindings(findings.flat())).map((finding) => ({
      ...finding,
      ...(options.region === undefined ? {} : { region: options.region }),
    }));
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(started.values());
    throw error;
  }
}

/** A need that the user skipped does not block a check. */
function isBlocking({ severity, symptomOf, blocks }: CheckFinding): boolean {
  const isWrong = severity === "fail" || severity === "unknown";
  return blocks ?? (isWrong || (severity === "skip" && symptomOf !== undefined));
}

function skipped(check: Check<never>, summary: string): CheckFinding {
  return { id: check.id, severity: "skip", subject: check.title, summary };
}

async function runOne<C>(check: Check<C>, options: RunChecksOptions<C>, signal: AbortSignal): Promise<CheckFinding[]> {
  const { now, context } = options;
  const timeoutMs = check.timeoutMs ?? options.timeoutMs ?? 60_000;
  const startedAt = now();
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new TooSlow(`no answer within ${timeoutMs} ms`)), timeoutMs);
  const inner = anySignal(signal, over.signal);
  try {
    const findings = await Promise.race([check.run(context, inner), aborted(inner)]);
    return findings.map((finding) => ({ ...finding, durationMs: now() - startedAt }));
  } catch (error) {
    throwUnlessTimeIsUp(signal);
    const reason: unknown = inner.aborted ? inner.reason : error;
    return [{ id: check.id, subject: check.title, ...unknownBecause(reason), durationMs: now() - startedAt }];
  } finally {
    clearTimeout(timer);
  }
}

class TooSlow extends Error {}

/** Rejects when the signal aborts, so that a check that ignores the signal does not delay the others. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

const obstacles: ReadonlyMap<number, Obstacle> = new Map([
  [exit.usage, "misconfigured"],
  [exit.conflict, "conflict"],
  [exit.denied, "denied"],
  [exit.unreachable, "unreachable"],
  [exit.timedOut, "timed-out"],
]);

/** Turns an error into an unknown finding with the reason. Throws errors that no finding can represent. */
export function unknownBecause(
  error: unknown,
): Pick<Finding, "severity" | "summary" | "obstacle" | "fix" | "evidence"> {
  if (error instanceof TooSlow) return { severity: "unknown", summary: error.message, obstacle: "timed-out" };
  const why = unreadBecause(error);
  if (why.severity !== "unknown" || why.obstacle === "misconfigured" || why.obstacle === "conflict") throw error;
  return why;
}

/**
 * Turns the error of one of several places into its finding, so that the others have theirs: unlike for a check, the
 * place may be misconfigured, or in conflict with what exists. Throws a bug, and an interruption.
 */
export function unreadBecause(error: unknown): ReturnType<typeof unknownBecause> {
  if (!(error instanceof AppError)) throw error;
  const [fix] = error.next;
  const about = { summary: error.message, ...(fix === undefined ? {} : { fix }), evidence: { code: error.code } };
  if (error.exit === exit.unhealthy) return { severity: "fail", ...about };
  const obstacle = obstacles.get(error.exit);
  if (obstacle === undefined) throw error;
  return { severity: "unknown", obstacle, ...about };
}
