import type { Clock } from "../../src/core/clock.ts";

export interface ManualClock extends Clock {
  /** Advances the time, and wakes code that sleeps until then. */
  pass(ms: number): void;
  /** Resolves once something sleeps. */
  asleep(): Promise<void>;
}

/** A clock that only advances manually. */
export function manualClock(start = Date.parse("2026-01-02T03:04:05Z")): ManualClock {
  let now = start;
  const sleeping = new Set<{ readonly until: number; readonly wake: () => void }>();
  let told: (() => void)[] = [];
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const abort = (): void => {
          sleeping.delete(entry);
          reject(signal?.reason);
        };
        const entry = {
          until: now + ms,
          wake: () => {
            sleeping.delete(entry);
            signal?.removeEventListener("abort", abort);
            resolve();
          },
        };
        sleeping.add(entry);
        signal?.addEventListener("abort", abort, { once: true });
        for (const tell of told.splice(0)) tell();
      }),
    pass(ms) {
      now += ms;
      for (const entry of sleeping) if (entry.until <= now) entry.wake();
    },
    asleep: () => (sleeping.size > 0 ? Promise.resolve() : new Promise((resolve) => void (told = [...told, resolve]))),
  };
}
