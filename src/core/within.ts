import { anySignal } from "./any-signal.ts";
import type { Clock } from "./clock.ts";

/** Returns the result of work, or undefined if it did not finish in time; then its signal aborts, and it is awaited. */
export async function within<T>(
  ms: number,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const over = new AbortController();
  const done = new AbortController();
  const timer = clock.sleep(ms, anySignal(signal, done.signal)).then(
    () => over.abort(new Error("time is up")),
    () => undefined,
  );
  try {
    return await work(anySignal(signal, over.signal));
  } catch (error) {
    signal.throwIfAborted();
    if (over.signal.aborted) return undefined;
    throw error;
  } finally {
    done.abort();
    await timer;
  }
}
