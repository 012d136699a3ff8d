import { AppError } from "../core/error.ts";
import type { Session } from "./session.ts";

/** A temporary reason for which a service rejects a call. */
export interface PassingRefusal {
  readonly is: (refusal: Error) => boolean;
  readonly patienceMs: number;
  readonly pauseMs: number;
  /** Returns what -v shows before each pause; nothing, by default. `thrown` has the message for people. */
  readonly note?: (refusal: Error, thrown: Error) => string;
}

/** Retries a call for a while if the service rejects it for this reason: such a call has no effect. */
export async function oncePassed<T>(
  { clock, emit }: Pick<Session, "clock" | "emit">,
  signal: AbortSignal,
  { is, patienceMs, pauseMs, note }: PassingRefusal,
  call: () => Promise<T>,
): Promise<T> {
  const begun = clock.now();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const refusal = error instanceof AppError && error.cause instanceof Error ? error.cause : error;
      if (!is(refusal) || clock.now() - begun >= patienceMs) throw error;
      if (note !== undefined) emit({ type: "note", level: "debug", text: note(refusal, error) });
      await clock.sleep(pauseMs, signal);
    }
  }
}
