import type { KubeRequest } from "./exchange.ts";
import type { WebSocket } from "ws";
import { AppError } from "../core/error.ts";
import type { Access, Authorisation } from "./access.ts";
import { holdAuthorisation } from "./authorisation.ts";
import { connectionError, silenceError, timeoutError } from "./errors.ts";
import { addressOf, BrokenConnection, open, type Opened, readAll, readLines } from "./exchange.ts";
import { type TimeLimit, timeLimit } from "./time-limit.ts";

export interface KubeResponse {
  readonly status: number;
  readonly body: string;
}

/** A successful response that the server may keep open. */
export interface KubeStream {
  readonly status: number;
  /**
   * Throws AppError if the connection breaks or the server stops sending. Breaking out of the loop ends the request.
   */
  readonly lines: AsyncIterable<string>;
}

export interface Conversation<T> {
  /** Path and query. */
  readonly path: string;
  readonly protocol: string;
  readonly talk: (socket: WebSocket, signal: AbortSignal) => Promise<T>;
}

export interface TransportOptions {
  /** For messages: the region's or context's name. */
  readonly cluster: string;
  readonly requestTimeoutMs: number;
  readonly clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
}

/** Requests to one API server over kept-alive connections. */
export interface Transport {
  /** Returns the response, whatever its status. Throws AppError if there is none. */
  send(request: KubeRequest, signal: AbortSignal): Promise<KubeResponse>;
  /** Does the same for a response that is read line by line; `silenceMs` is how long the server may send nothing. */
  stream(request: KubeRequest, silenceMs: number, signal: AbortSignal): Promise<KubeResponse | KubeStream>;
  /**
   * Opens a WebSocket for `talk`, or returns the response of a server that declines it; both within the request
   * time-out.
   */
  converse<T>(conversation: Conversation<T>, signal: AbortSignal): Promise<KubeResponse | { readonly talked: T }>;
  close(): void;
}

export function createTransport(access: Access, options: TransportOptions): Transport {
  const { cluster, requestTimeoutMs, clock } = options;
  const { server } = access;
  const authorisation = holdAuthorisation(access, clock.now);
  // On loopback, compression costs the server more time than it saves; over a network, a list shrinks to a tenth.
  const whole: Readonly<Record<string, string>> = isLoopback(server.hostname) ? {} : { "accept-encoding": "gzip" };

  /** Runs `work` within the request time-out, which it may extend. It calls `onAnswer` when a response has begun. */
  const limited = async <T>(
    work: (limit: TimeLimit, signal: AbortSignal, onAnswer: () => void) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> => {
    const limit = timeLimit(requestTimeoutMs);
    let answering = false;
    try {
      return await work(limit, AbortSignal.any([signal, limit.signal]), () => (answering = true));
    } catch (error) {
      limit.end();
      signal.throwIfAborted();
      if (error instanceof AppError || !limit.signal.aborted) throw error;
      throw timeoutError(cluster, server, requestTimeoutMs, answering);
    }
  };

  const once = async <T>(
    request: KubeRequest,
    headers: Authorisation["headers"],
    by: Authorisation,
    use: (opened: Opened, limit: TimeLimit) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> =>
    limited(async (limit, inner, onAnswer) => {
      const options = { agent: by.agent, headers: { ...by.headers, ...headers }, signal: inner };
      const opened = await open(server, request, options);
      onAnswer();
      return use(opened, limit);
    }, signal);

  /** Logs in again, reconnects and waits for a busy server, within the request time-out. */
  const patiently = async <T extends { readonly status: number; readonly retryAfterMs?: number }>(
    method: KubeRequest["method"],
    attempt: (by: Authorisation) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> => {
    const giveUpAt = clock.now() + requestTimeoutMs;
    let mayLogInAgain = true;
    let mayReconnect = method === "GET";
    for (;;) {
      // A credential plug-in has its own time-out, so that it is not mistaken for an unresponsive API server.
      const by = await authorisation.current(signal);
      let answer: T;
      try {
        answer = await attempt(by);
      } catch (error) {
        if (!(error instanceof BrokenConnection)) throw error;
        // The server may close a kept-alive connection at the moment it is reused.
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
  };

  const readWhole = async ({ source, ...answer }: Opened, limit: TimeLimit) => {
    const body = await readAll(source);
    limit.end();
    return { ...answer, body };
  };

  async function* linesOf(opened: Opened, silenceMs: number, limit: TimeLimit, signal: AbortSignal) {
    limit.restart(silenceMs);
    try {
      for await (const line of readLines(opened.source)) {
        yield line;
        limit.restart(silenceMs);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (limit.signal.aborted) throw silenceError(cluster, server, silenceMs);
      throw error instanceof BrokenConnection ? connectionError(cluster, server, error.cause) : error;
    } finally {
      limit.end();
    }
  }

  return {
    send: (request, signal) => patiently(request.method, (by) => once(request, whole, by, readWhole, signal), signal),
    stream: (request, silenceMs, signal) => {
      const begin = async (opened: Opened, limit: TimeLimit) =>
        opened.status < 300
          ? { status: opened.status, lines: linesOf(opened, silenceMs, limit, signal) }
          : readWhole(opened, limit);
      return patiently<KubeStream | KubeResponse>(request.method, (by) => once(request, {}, by, begin, signal), signal);
    },
    converse: async ({ path, protocol, talk }, signal) => {
      const { openSocket } = await import("./socket.ts");
      const address = addressOf(server, path);
      const attempt = (by: Authorisation) =>
        limited(async (limit, inner, onAnswer) => {
          const opened = await openSocket(address, protocol, { agent: by.agent, headers: by.headers, signal: inner });
          onAnswer();
          if ("source" in opened) return readWhole(opened, limit);
          const talked = await talk(opened, inner);
          limit.end();
          return { status: 101, talked };
        }, signal);
      return patiently("GET", attempt, signal);
    },
    close: authorisation.close,
  };
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
