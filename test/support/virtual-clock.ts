import type { Clock } from "../../src/core/clock.ts";
import { manualClock } from "./manual-clock.ts";

/**
 * A clock that stands still while any work is pending, and then jumps to the time of the next sleeper. Waits end early
 * when something happens, and time-outs come at once.
 */
export function virtualClock(): Clock {
  const clock = manualClock();
  const times: number[] = [];
  let moving = false;
  const move = (): void => {
    if (moving || times.length === 0) return;
    moving = true;
    setImmediate(() => {
      moving = false;
      const next = Math.min(...times);
      if (times.length > 0) clock.pass(Math.max(0, next - clock.now()));
      move();
    });
  };
  return {
    now: clock.now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      const until = clock.now() + ms;
      times.push(until);
      move();
      try {
        await clock.sleep(ms, signal);
      } finally {
        times.splice(times.indexOf(until), 1);
      }
    },
  };
}
