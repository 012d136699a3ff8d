import { isAbsent, toAppError } from "./errors.ts";
import type { AwsHolder } from "./shared-config.ts";

type Send<T> = (options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/** How the adapters call the SDK: an error comes out as ours, an abort as the reason it was made for. */
export interface Calls {
  call<T>(signal: AbortSignal, send: Send<T>): Promise<T>;
  /** Undefined where AWS has no such thing. */
  find<T>(signal: AbortSignal, send: Send<T>): Promise<T | undefined>;
}

export function callsTo(target: AwsHolder): Calls {
  const raw = async <T>(signal: AbortSignal, send: Send<T>): Promise<T> => {
    signal.throwIfAborted();
    try {
      return await send({ abortSignal: signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  };
  return {
    call: async (signal, send) => {
      try {
        return await raw(signal, send);
      } catch (error) {
        throw signal.aborted ? error : toAppError(error, target);
      }
    },
    find: async (signal, send) => {
      try {
        return await raw(signal, send);
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw signal.aborted ? error : toAppError(error, target);
      }
    },
  };
}
