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
  /** The region's or context's name, for the findings. */
  readonly region?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** How many checks run at once. */
  readonly limit?: number;
  /** For checks that name no time-out. */
  readonly timeoutMs?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Refuses patterns that name no check: a misspelt --only would ask nothing and find everything well. */
export function assertNamed(checks: readonly Pick<Check<never>, "id">[], patterns: readonly string[]): void {
  const stray = patterns.find((pattern) => !checks.some((check) => matches([pattern], check.id)));
  if (stray === undefined) return;
  throw new AppError("USAGE_INVALID", `No check is named by "${stray}".`, {
    next: [`There are: ${checks.map((check) => check.id).join(", ")}`],
  });
}

/**
 * Asks every check about one place and answers their findings in the order of the checks. A check whose need came to
 * nothing is not asked: it is a symptom of that need. What keeps a check from its answer is an `unknown` finding, and
 * so is the end of --timeout; an error that no check can explain (usage, or a bug) ends the run and is thrown.
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
      const failed = (await start(need)).find((finding) => finding.severity === "fail" || isBlocked(finding));
      if (failed === undefined) continue;
      return [{ ...skipped(check, `not asked: ${failed.summary}`), symptomOf: { finding: failed } }];
    }
    return inTurn(() => runOne(check, options, signal));
  };

  const start = (id: string, by: readonly string[] = []): Promise<CheckFinding[]> => {
    const known = started.get(id);
    if (known !== undefined) return known;
    const check = checks.find((candidate) => candidate.id === id);
    if (check === undefined) throw new Error(`a check needs "${id}", which is no check`);
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

/** A need that was skipped by the user blocks nothing. */
function isBlocked(finding: CheckFinding): boolean {
  return finding.severity === "unknown" || (finding.severity === "skip" && finding.symptomOf !== undefined);
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
  const inner = AbortSignal.any([signal, over.signal]);
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

/** Rejects when the signal aborts: a check that does not listen to it must not hold up the others. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

const obstacles: ReadonlyMap<number, Obstacle> = new Map([
  [exit.denied, "denied"],
  [exit.unreachable, "unreachable"],
  [exit.timedOut, "timed-out"],
]);

/** What an error says about what was asked: that it is unknown, and why. Throws what no finding can stand for. */
export function unknownBecause(
  error: unknown,
): Pick<Finding, "severity" | "summary" | "obstacle" | "fix" | "evidence"> {
  if (error instanceof TooSlow) return { severity: "unknown", summary: error.message, obstacle: "timed-out" };
  const obstacle = error instanceof AppError ? obstacles.get(error.exit) : undefined;
  if (!(error instanceof AppError) || obstacle === undefined) throw error;
  const [fix] = error.next;
  const evidence = { code: error.code };
  return { severity: "unknown", summary: error.message, obstacle, ...(fix === undefined ? {} : { fix }), evidence };
}
