import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { createInterface } from "node:readline";
import type { ServerProbe } from "../processes/component.ts";

/** The API server of the region, as the runtime uses it: with paths, without discovery or retries. */
export interface Api {
  /** Returns undefined if there is no such object. */
  get<T>(path: string, signal: AbortSignal, accept?: string): Promise<T | undefined>;
  /** Returns the stored object. Throws ApiError for every response that is not a success. */
  send<T>(method: "POST" | "PATCH" | "DELETE", path: string, body: object, signal: AbortSignal): Promise<T>;
  /** Yields one JSON document after the other, until the server closes the connection. */
  stream(path: string, signal: AbortSignal, accept?: string): AsyncIterable<unknown>;
  close(): void;
}

export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Asked {
  readonly body?: object;
  /** How long the server may be silent, in milliseconds. */
  readonly silence?: number;
  readonly accept?: string;
}

const timeoutMs = 15_000;
/** A bookmark comes every minute: a watch that is silent for longer is dead. */
const silenceMs = 150_000;

export async function connectApi({ url, caFile, certFile, keyFile }: ServerProbe): Promise<Api> {
  const read = async (file: string | undefined): Promise<Buffer> => readFile(file as string);
  const [ca, cert, key] = await Promise.all([read(caFile), read(certFile), read(keyFile)]);
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca, cert, key });
  const open = (
    method: string,
    path: string,
    { body, silence = timeoutMs, accept = "application/json" }: Asked,
    signal: AbortSignal,
  ) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const content = body === undefined ? undefined : JSON.stringify(body);
      const request = httpsRequest(
        new URL(path, url),
        {
          method,
          agent,
          signal,
          timeout: silence,
          headers: {
            accept,
            ...(content === undefined
              ? {}
              : {
                  "content-type": method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json",
                  "content-length": Buffer.byteLength(content),
                }),
          },
        },
        resolve,
      );
      request.on("timeout", () => request.destroy(new Error("the API server is silent")));
      request.on("error", reject);
      request.end(content);
    });
  const answer = async (response: IncomingMessage): Promise<unknown> => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    const document = JSON.parse(text === "" ? "{}" : text) as { message?: string };
    const status = response.statusCode ?? 0;
    if (status >= 300) throw new ApiError(status, document.message ?? `status ${status}`);
    return document;
  };
  return {
    async get<T>(path: string, signal: AbortSignal, accept?: string) {
      try {
        return (await answer(await open("GET", path, accept === undefined ? {} : { accept }, signal))) as T;
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      }
    },
    async send<T>(method: string, path: string, body: object, signal: AbortSignal) {
      return (await answer(await open(method, path, { body }, signal))) as T;
    },
    async *stream(path, signal, accept) {
      const asked = { silence: silenceMs, ...(accept === undefined ? {} : { accept }) };
      const response = await open("GET", path, asked, signal);
      if (response.statusCode !== 200) await answer(response);
      for await (const line of createInterface({ input: response, crlfDelay: Infinity })) yield JSON.parse(line);
    },
    close: () => agent.destroy(),
  };
}
