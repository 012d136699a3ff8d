import type { Context } from "../../context.ts";
import type { Clock } from "../../core/clock.ts";
import { exit } from "../../core/exit.ts";
import type { Finding } from "../../core/finding.ts";
import type { Document, Outcome } from "../../core/outcome.ts";
import { isTimeUp } from "../../core/time-is-up.ts";
import { tally } from "../../view/findings.ts";

/** From the end of one look to the next one. */
const pauseMs = 3_000;
const patienceMs = 300_000;

export interface Report extends Document {
  readonly findings: readonly Finding[];
}

/**
 * Looks once, or with `wait` until everything is healthy. Where that takes longer than --timeout, the answer is the
 * last look that was not cut short, with the exit code of a time-out. `look` is told whether it is the first time.
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
