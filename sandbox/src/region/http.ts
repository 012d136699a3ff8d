import { readFile } from "node:fs/promises";
import { type Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { ServerProbe } from "../processes/component.ts";

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
}

/** A client for one local server, over one kept-alive connection; never through a proxy. */
export interface LocalClient {
  ask(path: string, ask: Ask, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

export async function localClient(target: ServerProbe): Promise<LocalClient> {
  const read = async (file: string | undefined): Promise<Buffer | undefined> =>
    file === undefined ? undefined : readFile(file);
  const [ca, cert, key] = await Promise.all([read(target.caFile), read(target.certFile), read(target.keyFile)]);
  const agent = target.url.startsWith("https:")
    ? new HttpsAgent({
        keepAlive: true,
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
      })
    : undefined;
  return {
    ask: (path, ask, signal) =>
      send(new URL(path, target.url), agent, { ...ask, headers: { ...target.headers, ...ask.headers } }, signal),
    close: () => agent?.destroy(),
  };
}

function send(url: URL, agent: Agent | undefined, ask: Ask, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...ask.headers,
      ...(ask.body === undefined ? {} : { "content-length": Buffer.byteLength(ask.body) }),
    };
    const options = { method: ask.method ?? "GET", headers, signal, timeout: ask.timeoutMs ?? 2_000 };
    const onAnswer = (response: IncomingMessage): void => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    };
    const request =
      agent === undefined ? httpRequest(url, options, onAnswer) : httpsRequest(url, { ...options, agent }, onAnswer);
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
    request.end(ask.body);
  });
}

/**
 * Returns whether the server behind the probe reports that it is ready, or accepts a connection; any failure means no.
 */
export async function isReady(probe: ServerProbe, signal: AbortSignal): Promise<boolean> {
  if (probe.logged !== undefined) {
    const log = await readFile(probe.logged.file, "utf8").catch(() => "");
    if (!log.includes(probe.logged.text)) return false;
  }
  if (probe.url.startsWith("tcp:")) return answers(probe, signal);
  const client = await localClient(probe);
  try {
    const { status } = await client.ask(probe.url, {}, signal);
    return status >= 200 && status < 300;
  } catch {
    return false;
  } finally {
    client.close();
  }
}

function answers({ url, says, expects }: ServerProbe, signal: AbortSignal): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), signal, timeout: 2_000 });
    const settle = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.once("connect", () => {
      if (says === undefined) settle(true);
      else socket.write(says, "latin1");
    });
    socket.once("data", (chunk) => settle(expects?.test(chunk.toString("latin1")) === true));
    socket.once("end", () => settle(false));
    socket.once("timeout", () => settle(false));
    socket.once("error", () => settle(false));
  });
}
