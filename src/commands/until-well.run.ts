import type { Context } from "../context.ts";
import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import type { Document, Outcome } from "../core/outcome.ts";
import { tally } from "../view/findings.ts";

/** From the end of one look to the next one. */
const pauseMs = 3_000;
const patienceMs = 300_000;

export interface Report extends Document {
  readonly findings: readonly Finding[];
}

/**
 * Looks once, or with `wait` until all is well. Where that takes longer than --timeout, the answer is what was seen
 * last, and its exit code that of a time-out. `look` is told whether it is the first time.
 */
export async function untilWell<D extends Report>(
  look: (isFirst: boolean) => Promise<Outcome<D>>,
  wait: boolean,
  { host, options, signal, emit }: Context,
): Promise<Outcome<D>> {
  const giveUpAt = host.clock.now() + (options.timeout ?? patienceMs);
  let last = await look(true);
  if (!wait) return last;
  try {
    while (last.exit !== exit.ok) {
      if (host.clock.now() + pauseMs >= giveUpAt) return { ...last, exit: exit.timedOut };
      emit({ type: "note", level: "info", text: `waiting: ${tally(last.document.findings, (_tone, text) => text)}` });
      await host.clock.sleep(pauseMs, signal);
      last = await look(false);
    }
    return last;
  } catch (error) {
    if (error instanceof AppError && error.code === "TIMED_OUT") return { ...last, exit: exit.timedOut };
    throw error;
  }
}
