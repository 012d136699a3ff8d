import type { Clock } from "../../src/core/clock.ts";

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

/**
 * A clock that stands still as long as anybody has something to do, and then jumps to the next sleeper's time. So a
 * wait ends early by what happens, and a time-out comes at once.
 */
export function virtualClock(begin = Date.parse("2026-01-02T03:04:05Z")): Clock {
  let now = begin;
  const timers = new Set<Timer>();
  let pumping = false;
  const pump = (): void => {
    if (pumping || timers.size === 0) return;
    pumping = true;
    setImmediate(() => {
      pumping = false;
      const [next] = [...timers].sort((a, b) => a.at - b.at);
      if (next === undefined) return;
      timers.delete(next);
      now = Math.max(now, next.at);
      next.fire();
      pump();
    });
  };
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return void reject(signal.reason);
        const timer: Timer = { at: now + ms, fire: resolve };
        timers.add(timer);
        signal?.addEventListener(
          "abort",
          () => {
            timers.delete(timer);
            reject(signal.reason);
          },
          { once: true },
        );
        pump();
      }),
  };
}
