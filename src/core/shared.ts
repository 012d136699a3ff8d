/** A read that several callers share, made once, on the first request. */
export interface Shared<T> {
  (): Promise<T>;
  /** The value that was read; undefined until then, and if the read failed. */
  readonly seen: T | undefined;
}

/** Returns a read that is made once. A failure is kept. */
export function shared<T>(read: () => Promise<T>): Shared<T> {
  let result: Promise<T> | undefined;
  let seen: T | undefined;
  const ask = (): Promise<T> => (result ??= read().then((value) => (seen = value)));
  return Object.defineProperty(ask, "seen", { get: () => seen }) as Shared<T>;
}

/**
 * Returns a read that is made once for each key and kept in `known`. A failure is not kept: the next caller tries
 * again.
 */
export function remembered<T>(
  known = new Map<string, Promise<T>>(),
): (key: string, read: () => Promise<T>) => Promise<T> {
  return (key, read) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const reading = read();
    known.set(key, reading);
    reading.catch(() => known.delete(key));
    return reading;
  };
}

/**
 * Returns a function that several callers share: a caller joins work in progress instead of starting it again, and the
 * work is aborted only when the last waiting caller has left. Each caller rejects with the reason of its own signal.
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
