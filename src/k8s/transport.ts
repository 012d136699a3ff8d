import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Access, Authorisation } from "./access.ts";
import { connectionError, timeoutError } from "./errors.ts";

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
  // Compressing costs the server more time than loopback saves; over a network a list shrinks to a tenth.
  const compress = !isLoopback(access.server.hostname);
  let authorised: Promise<Authorisation> | undefined;

  const authorise = async (signal: AbortSignal): Promise<Authorisation> => {
    const current = await authorised?.catch(() => undefined);
    if (current !== undefined && (current.expires ?? Infinity) > clock.now()) return current;
    return (authorised = renew(current, signal));
  };

  const renew = async (old: Authorisation | undefined, signal: AbortSignal): Promise<Authorisation> => {
    const next = await access.authorise(signal);
    if (old !== undefined && old.agent !== next.agent) old.agent.destroy();
    return next;
  };

  const once = async (request: KubeRequest, signal: AbortSignal): Promise<Answer> => {
    // A credential plug-in has a time-out of its own: it must not be taken for a silent API server.
    const { agent, headers } = await authorise(signal);
    const timeout = AbortSignal.timeout(requestTimeoutMs);
    let answering = false;
    try {
      return await exchange(access.server, request, {
        agent,
        headers: { ...headers, ...(compress ? { "accept-encoding": "gzip" } : {}) },
        signal: AbortSignal.any([signal, timeout]),
        onAnswer: () => (answering = true),
      });
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted) throw timeoutError(cluster, access.server, requestTimeoutMs, answering);
      throw error;
    }
  };

  return {
    async send(request, signal) {
      const giveUpAt = clock.now() + requestTimeoutMs;
      let mayLogInAgain = true;
      let mayReconnect = request.method === "GET";
      for (;;) {
        let answer: Answer;
        try {
          answer = await once(request, signal);
        } catch (error) {
          if (!(error instanceof BrokenConnection)) throw error;
          // The server may close a kept-alive connection in the moment in which it is used again.
          if (!error.reused || !mayReconnect) throw connectionError(cluster, access.server, error.cause);
          mayReconnect = false;
          continue;
        }
        if (answer.status === 401 && mayLogInAgain) {
          mayLogInAgain = false;
          if (await expired()) continue;
        }
        if (answer.status === 429) {
          const wait = Math.max(answer.retryAfterMs ?? 1_000, 100);
          if (clock.now() + wait < giveUpAt) {
            await clock.sleep(wait, signal);
            continue;
          }
        }
        return answer;
      }
    },
    close() {
      void authorised?.then(
        ({ agent }) => agent.destroy(),
        () => undefined,
      );
    },
  };

  /** Forgets a credential that can be had anew: only what expires can. */
  async function expired(): Promise<boolean> {
    const current = await authorised;
    if (current?.expires === undefined) return false;
    authorised = Promise.resolve({ ...current, expires: 0 });
    return true;
  }
}

interface Answer extends KubeResponse {
  readonly retryAfterMs?: number;
}

class BrokenConnection extends Error {
  readonly reused: boolean;
  constructor(cause: unknown, reused: boolean) {
    super("connection broken", { cause });
    this.reused = reused;
  }
}

interface ExchangeOptions extends Authorisation {
  readonly signal: AbortSignal;
  readonly onAnswer: () => void;
}

function exchange(server: URL, request: KubeRequest, options: ExchangeOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = server.protocol === "http:" ? httpRequest : httpsRequest;
    const outgoing = send(
      new URL(server.pathname.replace(/\/$/, "") + request.path, server),
      {
        method: request.method,
        agent: options.agent,
        signal: options.signal,
        headers: {
          accept: request.accept ?? "application/json",
          "user-agent": "gennet",
          ...options.headers,
          ...(request.body === undefined ? {} : { "content-type": request.body.type }),
        },
      },
      (incoming) => {
        options.onAnswer();
        read(incoming).then(resolve, (error: unknown) => reject(new BrokenConnection(error, false)));
      },
    );
    outgoing.on("error", (error) => reject(new BrokenConnection(error, outgoing.reusedSocket)));
    outgoing.end(request.body?.content);
  });
}

async function read(incoming: IncomingMessage): Promise<Answer> {
  const zipped = incoming.headers["content-encoding"] === "gzip";
  // Whatever breaks the pipeline surfaces in the loop below.
  const source: Readable = zipped ? pipeline(incoming, createGunzip(), () => undefined) : incoming;
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk as Buffer);
  const retryAfter = Number(incoming.headers["retry-after"]);
  return {
    status: incoming.statusCode ?? 0,
    body: Buffer.concat(chunks).toString("utf8"),
    ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1_000 } : {}),
  };
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
