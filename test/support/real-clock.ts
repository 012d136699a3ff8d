import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../src/core/clock.ts";

/** The machine's clock, for tests with real processes. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};
