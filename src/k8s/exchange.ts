import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { createGunzip } from "node:zlib";
import type { Authorisation } from "./access.ts";

export interface KubeRequest {
  readonly method: "GET" | "PUT" | "PATCH" | "DELETE";
  /** Path and query. */
  readonly path: string;
  readonly accept?: string;
  readonly body?: { readonly type: string; readonly content: string };
}

/** A response that has begun. */
export interface Opened {
  readonly status: number;
  /** How long the server asks to wait before a retry. */
  readonly retryAfterMs?: number;
  readonly source: Readable;
}

/** No response, or an incomplete one. `reused`: the connection had already served another request. */
export class BrokenConnection extends Error {
  readonly reused: boolean;
  constructor(cause: unknown, reused: boolean) {
    super("connection broken", { cause });
    this.reused = reused;
  }
}

export interface ExchangeOptions extends Pick<Authorisation, "agent" | "headers"> {
  /** Also aborts the response, unless it has been read completely. */
  readonly signal: AbortSignal;
}

/** Sends one request, and resolves when its response begins, whatever the status. Throws BrokenConnection. */
export function open(server: URL, request: KubeRequest, options: ExchangeOptions): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const send = server.protocol === "http:" ? httpRequest : httpsRequest;
    const outgoing = send(
      addressOf(server, request.path),
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
      (incoming) => resolve(begun(incoming)),
    );
    outgoing.on("error", (error) => reject(new BrokenConnection(error, outgoing.reusedSocket)));
    outgoing.end(request.body?.content);
  });
}

/** Returns the URL of a path on the server, whose own URL may have a path, too. */
export function addressOf(server: URL, path: string): URL {
  return new URL(server.pathname.replace(/\/$/, "") + path, server);
}

export function begun(incoming: IncomingMessage): Opened {
  const zipped = incoming.headers["content-encoding"] === "gzip";
  const retryAfter = Number(incoming.headers["retry-after"]);
  return {
    status: incoming.statusCode ?? 0,
    // Errors of the pipeline surface where the source is read.
    source: zipped ? pipeline(incoming, createGunzip(), () => undefined) : incoming,
    ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1_000 } : {}),
  };
}

/** Reads a complete response. Throws BrokenConnection. */
export async function readAll(source: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of source) chunks.push(chunk as Buffer);
  } catch (error) {
    throw new BrokenConnection(error, false);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads a response line by line, each as soon as it is complete. Throws BrokenConnection. */
export async function* readLines(source: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  try {
    for await (const chunk of source) {
      const parts = decoder.write(chunk as Buffer).split("\n");
      parts[0] = rest + (parts[0] as string);
      rest = parts.pop() as string;
      yield* parts;
    }
  } catch (error) {
    throw new BrokenConnection(error, false);
  }
  if (rest !== "") yield rest;
}
