import type { Clock } from "./clock.ts";
import { AppError } from "./error.ts";

/** The result of an attempt: the value, or the current state for people. */
export type Look<T> = { readonly found: T } | { readonly waiting: string };

export interface Poll<T> {
  readonly look: () => Promise<Look<T>>;
  /** Returns whether an error of an attempt may be temporary, so that polling continues. By default, none is. */
  readonly tolerates?: (error: AppError) => boolean;
  readonly patienceMs: number;
  /** Pauses grow from the first to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Called after each attempt without a value; `waitedMs` counts from the first one. */
  readonly report: (waiting: string, waitedMs: number) => void;
  /**
   * The error to throw on a time-out after an attempt without a value; after an attempt that failed, its own error is
   * thrown.
   */
  readonly late: (waiting: string, waitedMs: number) => AppError;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const growth = 1.6;

/** Polls until there is a value. Throws errors that are not tolerated, and the reason on a time-out. */
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
