/** How a kubelet paces restarts: at once, then after 10 s, doubling up to five minutes; ten good minutes reset it. */
export interface BackOff {
  /** What the next crash will have to wait, milliseconds. */
  readonly delayMs: number;
  /** When it was last raised, milliseconds since the epoch. */
  readonly raisedAt: number;
}

const firstMs = 10_000;
const longestMs = 300_000;

/** When a container that ended may start again, and the back-off that holds from then on. */
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

/** What a runtime that takes a pod over assumes of a container that was restarted so many times before. */
export function assumedBackOff(restarts: number, lastStart: number): BackOff | undefined {
  if (restarts === 0) return undefined;
  return { delayMs: Math.min(firstMs * 2 ** (restarts - 1), longestMs), raisedAt: lastStart };
}
