import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Authorisation } from "./access.ts";
import type { KubeRequest, KubeResponse } from "./transport.ts";

export interface Answer extends KubeResponse {
  /** What the server asks to wait before the same request is made again. */
  readonly retryAfterMs?: number;
}

/** No answer, or half of one. `reused`: on a connection that had served before. */
export class BrokenConnection extends Error {
  readonly reused: boolean;
  constructor(cause: unknown, reused: boolean) {
    super("connection broken", { cause });
    this.reused = reused;
  }
}

export interface ExchangeOptions extends Pick<Authorisation, "agent" | "headers"> {
  readonly signal: AbortSignal;
  /** Called when the answer begins. */
  readonly onAnswer: () => void;
}

/** One request and its answer, whatever its status. Throws BrokenConnection. */
export function exchange(server: URL, request: KubeRequest, options: ExchangeOptions): Promise<Answer> {
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
