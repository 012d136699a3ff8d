import type { Clock } from "./clock.ts";
import { AppError } from "./error.ts";

/** What a look found: what is waited for, or what is not there yet, for people. */
export type Look<T> = { readonly found: T } | { readonly waiting: string };

export interface Poll<T> {
  readonly look: () => Promise<Look<T>>;
  /** Whether an error of a look may pass, so that the next one may succeed. By default none does. */
  readonly tolerates?: (error: AppError) => boolean;
  readonly patienceMs: number;
  /** Pauses grow from the first to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Called after each look that found nothing; `waitedMs` since the first of them. */
  readonly report: (waiting: string, waitedMs: number) => void;
  /** The error when patience ends with a look that found nothing; after an error that is the error itself. */
  readonly late: (waiting: string, waitedMs: number) => AppError;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const growth = 1.6;

/** Looks until what is waited for is found. Throws what is not tolerated, and at the end of patience why there is none. */
export async function poll<T>(settings: Poll<T>): Promise<T> {
  const { clock, signal, patienceMs, firstPauseMs, longestPauseMs, report, late } = settings;
  let since: number | undefined;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * growth, longestPauseMs)) {
    const seen = await tolerantly(settings);
    if ("found" in seen) return seen.found;
    since ??= clock.now();
    const waited = clock.now() - since;
    if (waited >= patienceMs) throw seen.error ?? late(seen.waiting, waited);
    report(seen.waiting, waited);
    await clock.sleep(pause, signal);
  }
}

async function tolerantly<T>({
  look,
  tolerates,
  signal,
}: Poll<T>): Promise<{ readonly found: T } | { readonly waiting: string; readonly error?: AppError }> {
  try {
    return await look();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError) || tolerates?.(error) !== true) throw error;
    return { waiting: error.message, error };
  }
}
