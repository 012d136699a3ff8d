/**
 * The pace of restarts, like a kubelet's: immediately, then after 10 s, doubling up to five minutes; a run of ten
 * minutes resets it.
 */
export interface BackOff {
  /** The delay after the next crash, in milliseconds. */
  readonly delayMs: number;
  /** When it was last raised, in milliseconds since the epoch. */
  readonly raisedAt: number;
}

const firstMs = 10_000;
const longestMs = 300_000;

/** Returns when a container that ended may start again, and the back-off from then on. */
export function restartAfter(
  before: BackOff | undefined,
  endedAt: number,
): { readonly at: number; readonly backOff: BackOff } {
  if (before === undefined || endedAt - before.raisedAt > 2 * longestMs) {
    return { at: endedAt, backOff: { delayMs: firstMs, raisedAt: endedAt } };
  }
  return {
    at: endedAt + before.delayMs,
    backOff: { delayMs: Math.min(before.delayMs * 2, longestMs), raisedAt: endedAt + before.delayMs },
  };
}

/**
 * Returns the back-off that a runtime assumes when it takes over a pod whose container was restarted this many times.
 */
export function assumedBackOff(restarts: number, lastStart: number): BackOff | undefined {
  if (restarts === 0) return undefined;
  return { delayMs: Math.min(firstMs * 2 ** (restarts - 1), longestMs), raisedAt: lastStart };
}
