import type { Access, Authorisation } from "./access.ts";
import { holdAuthorisation } from "./authorisation.ts";
import { connectionError, timeoutError } from "./errors.ts";
import { type Answer, BrokenConnection, exchange } from "./exchange.ts";

export interface KubeRequest {
  readonly method: "GET" | "PATCH" | "DELETE";
  /** Path and query. */
  readonly path: string;
  readonly accept?: string;
  readonly body?: { readonly type: string; readonly content: string };
}

export interface KubeResponse {
  readonly status: number;
  readonly body: string;
}

export interface TransportOptions {
  /** For messages: the region's or context's name. */
  readonly cluster: string;
  readonly requestTimeoutMs: number;
  readonly clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
}

/** Requests to one API server over kept-alive connections. */
export interface Transport {
  /** Whatever status the server answers with. Throws AppError where it gives no answer. */
  send(request: KubeRequest, signal: AbortSignal): Promise<KubeResponse>;
  close(): void;
}

export function createTransport(access: Access, options: TransportOptions): Transport {
  const { cluster, requestTimeoutMs, clock } = options;
  const { server } = access;
  const authorisation = holdAuthorisation(access, clock.now);
  // Compressing costs the server more time than loopback saves; over a network a list shrinks to a tenth.
  const accepts: Readonly<Record<string, string>> = isLoopback(server.hostname) ? {} : { "accept-encoding": "gzip" };

  const once = async (request: KubeRequest, by: Authorisation, signal: AbortSignal): Promise<Answer> => {
    const timeout = AbortSignal.timeout(requestTimeoutMs);
    let answering = false;
    try {
      return await exchange(server, request, {
        agent: by.agent,
        headers: { ...by.headers, ...accepts },
        signal: AbortSignal.any([signal, timeout]),
        onAnswer: () => (answering = true),
      });
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted) throw timeoutError(cluster, server, requestTimeoutMs, answering);
      throw error;
    }
  };

  return {
    async send(request, signal) {
      const giveUpAt = clock.now() + requestTimeoutMs;
      let mayLogInAgain = true;
      let mayReconnect = request.method === "GET";
      for (;;) {
        // A credential plug-in has a time-out of its own: it must not be taken for a silent API server.
        const by = await authorisation.current(signal);
        let answer: Answer;
        try {
          answer = await once(request, by, signal);
        } catch (error) {
          if (!(error instanceof BrokenConnection)) throw error;
          // The server may close a kept-alive connection in the moment in which it is used again.
          if (!error.reused || !mayReconnect) throw connectionError(cluster, server, error.cause);
          mayReconnect = false;
          continue;
        }
        if (answer.status === 401 && mayLogInAgain && authorisation.refused(by)) {
          mayLogInAgain = false;
          continue;
        }
        const wait = answer.status === 429 ? (answer.retryAfterMs ?? 1_000) : Infinity;
        if (clock.now() + wait >= giveUpAt) return answer;
        await clock.sleep(wait, signal);
      }
    },
    close: authorisation.close,
  };
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
