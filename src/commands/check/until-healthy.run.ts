import type { Context } from "../../context.ts";
import type { Clock } from "../../core/clock.ts";
import { exit } from "../../core/exit.ts";
import type { Finding } from "../../core/finding.ts";
import type { Document, Outcome } from "../../core/outcome.ts";
import { isTimeUp } from "../../core/time-is-up.ts";
import { tally } from "../../view/findings.ts";

/** The pause between two polls. */
const pauseMs = 3_000;
const patienceMs = 300_000;

export interface Report extends Document {
  readonly findings: readonly Finding[];
}

/**
 * Runs `look` once or, with `wait`, until everything is healthy. If that takes longer than --timeout, returns the last
 * complete result with the exit code for a timeout. `look` receives whether it is the first run.
 */
export async function untilHealthy<D extends Report>(
  look: (isFirst: boolean) => Promise<Outcome<D>>,
  wait: boolean,
  { host, options, signal, emit }: Context,
): Promise<Outcome<D>> {
  const giveUpAt = host.clock.now() + (options.timeout ?? patienceMs);
  let last = await look(true);
  if (!wait) return last;
  while (last.exit !== exit.ok) {
    if (isTimeUp(signal) || host.clock.now() + pauseMs >= giveUpAt) return { ...last, exit: exit.timedOut };
    emit({ type: "note", level: "info", text: `waiting: ${tally(last.document.findings, (_tone, text) => text)}` });
    await pause(host.clock, signal);
    const next = isTimeUp(signal) ? last : await look(false);
    if (!isTimeUp(signal)) last = next;
  }
  return last;
}

async function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(pauseMs, signal);
  } catch (error) {
    if (!isTimeUp(signal)) throw error;
  }
}
