/**
 * Returns a function that several callers share: work that is under way is joined, not started again, and ends early
 * only when the last caller that waits for it has gone. Each caller rejects with its own signal's reason.
 */
export function joint<T>(work: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let current: { readonly result: Promise<T>; readonly abandon: AbortController; callers: number } | undefined;

  const start = (): NonNullable<typeof current> => {
    const abandon = new AbortController();
    const begun = { result: work(abandon.signal), abandon, callers: 0 };
    const end = (): void => {
      if (current === begun) current = undefined;
    };
    begun.result.then(end, end);
    return begun;
  };

  return async (signal) => {
    signal.throwIfAborted();
    const joined = (current ??= start());
    joined.callers++;
    let leave = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason);
      signal.addEventListener("abort", leave, { once: true });
    });
    try {
      return await Promise.race([joined.result, left]);
    } finally {
      signal.removeEventListener("abort", leave);
      joined.callers--;
      if (joined.callers === 0 && current === joined) {
        current = undefined;
        joined.abandon.abort(signal.reason);
      }
    }
  };
}
