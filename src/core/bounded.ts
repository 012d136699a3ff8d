/** Runs work as soon as a slot is free, in the order of the calls. */
export interface Limiter {
  <T>(work: () => Promise<T>): Promise<T>;
  /** Called by work: gives its slot up while it waits, and continues as soon as one is free again. */
  outside<T>(wait: () => Promise<T>): Promise<T>;
}

/** Returns a limiter that runs at most `limit` pieces of work at a time. */
export function createLimiter(limit: number): Limiter {
  let free = limit;
  const line: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (free === 0) await new Promise<void>((proceed) => line.push(proceed));
    else free--;
  };
  const leave = (): void => {
    // The slot goes to the next in line directly, so that work added later cannot take it first.
    const next = line.shift();
    if (next === undefined) free++;
    else next();
  };
  const inside = async <T>(work: () => Promise<T>): Promise<T> => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
  const outside = async <T>(wait: () => Promise<T>): Promise<T> => {
    leave();
    try {
      return await wait();
    } finally {
      await enter();
    }
  };
  return Object.assign(inside, { outside });
}

/**
 * Returns the limiter of a region, and one for what all regions share: work of a region that hangs takes no slot of
 * another. With n regions, at most `limit` × (n + 1) pieces of work run at a time.
 */
export function limiterPerRegion(limit: number): (place: { readonly region: string | undefined }) => Limiter {
  const limiters = new Map<string | undefined, Limiter>();
  return ({ region }) => {
    const limiter = limiters.get(region) ?? createLimiter(limit);
    limiters.set(region, limiter);
    return limiter;
  };
}

/**
 * Runs `work` over the items, at most `limit` at once; results keep the items' order. After a failure, no further item
 * is started.
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/**
 * Does the same as `mapBounded` for work that changes something: waits until all started work has ended before it
 * throws the first error.
 */
export async function eachBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const slot = createLimiter(limit);
  const ended = await Promise.allSettled(items.map((item) => slot(() => work(item))));
  return ended.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
}
