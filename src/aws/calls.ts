import { AppError } from "../core/error.ts";
import { itemsOf } from "../core/items-of.ts";
import { isAbsent, toAppError } from "./errors.ts";
import type { Session } from "./session.ts";

type Send<T> = (options: { readonly abortSignal: AbortSignal }) => Promise<T>;
export type Pages<P> = (options: { readonly abortSignal: AbortSignal }) => AsyncIterable<P>;

/** Calls of the SDK. Errors are thrown as AppErrors; an abort throws the reason of the signal. */
export interface Calls {
  call<T>(signal: AbortSignal, send: Send<T>): Promise<T>;
  /** Returns undefined if the resource does not exist. */
  find<T>(signal: AbortSignal, send: Send<T>): Promise<T | undefined>;
  /** Returns the items of all pages. */
  all<P, T>(signal: AbortSignal, pages: Pages<P>, pick: (page: P) => readonly T[] | undefined): Promise<readonly T[]>;
}

const pauseMs = 2_000;

/** An error with the request that it answers, where the client keeps that. */
interface AnsweredError extends Error {
  readonly $request?: string;
}

/** Returns what an answer is about. Not every "not found" names what was not found. */
function subjectOf({ message, $request = "" }: AnsweredError): string {
  return `${message} ${$request}`;
}

export function callsTo({ target, fresh, clock, emit }: Pick<Session, "target" | "fresh" | "clock" | "emit">): Calls {
  /**
   * Retries a call about a resource that was just created: it exists, even if a stale replica reports otherwise.
   */
  const raw = async <T>(signal: AbortSignal, send: Send<T>): Promise<T> => {
    for (;;) {
      signal.throwIfAborted();
      try {
        return await send({ abortSignal: signal });
      } catch (error) {
        signal.throwIfAborted();
        if (!isAbsent(error) || !fresh.areIn(subjectOf(error as AnsweredError))) throw error;
        emit({ type: "note", level: "debug", text: `${(error as Error).message} It was just created: retrying.` });
        await clock.sleep(pauseMs, signal);
      }
    }
  };
  const ours = (error: unknown, signal: AbortSignal): unknown =>
    signal.aborted || error instanceof AppError ? error : toAppError(error, target);
  const call: Calls["call"] = async (signal, send) => {
    try {
      return await raw(signal, send);
    } catch (error) {
      throw ours(error, signal);
    }
  };
  return {
    call,
    find: async (signal, send) => {
      try {
        return await raw(signal, send);
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw ours(error, signal);
      }
    },
    all: (signal, pages, pick) => call(signal, (options) => itemsOf(pages(options), pick)),
  };
}
