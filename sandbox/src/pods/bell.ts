import type { Clock } from "../../../src/core/clock.ts";

/** Wakes one waiter. A ring while nothing waits wakes the next waiter. */
export interface Bell {
  ring(): void;
  /**
   * Resolves when it rings or the clock reaches `until` (milliseconds since the epoch); rejects when the signal aborts.
   */
  wait(until: number | undefined, clock: Clock, signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(until, clock, signal) {
      const heard = new AbortController();
      const either = AbortSignal.any([signal, heard.signal]);
      const bell = new Promise<void>((resolve) => {
        wake = resolve;
        either.addEventListener("abort", () => resolve(), { once: true });
        if (rung || signal.aborted) resolve();
      });
      const time =
        until === undefined ? bell : clock.sleep(Math.max(until - clock.now(), 0), either).catch(() => undefined);
      await Promise.race([bell, time]);
      rung = false;
      wake = undefined;
      heard.abort();
    },
  };
}
