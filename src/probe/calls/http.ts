import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Attempt } from "../../core/probe.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** What is read of a response: more says nothing new. */
const longestBody = 64 * 1024;

/** Sends a GET; a status from 200 to 399 is ok. */
export async function tryHttp(url: string, signal: AbortSignal): Promise<Attempt> {
  const { status } = await exchange(url, undefined, signal);
  const isOk = status < 400;
  return {
    outcome: isOk ? "ok" : "failed",
    ...(isOk ? {} : { trouble: "rejected" as const }),
    summary: `HTTP status ${status}`,
    status,
  };
}

/** Sends a GET, or a POST of JSON, over a new connection. No proxy is used: the point is who answers here. */
export async function exchange(url: string, json: string | undefined, signal: AbortSignal): Promise<HttpAnswer> {
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  const outgoing = send(url, {
    method: json === undefined ? "GET" : "POST",
    agent: false,
    headers: {
      "user-agent": "gennet-probe",
      connection: "close",
      ...(json === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(json) }),
    },
    signal,
  });
  // After the response, the connection may still break.
  outgoing.on("error", () => undefined);
  outgoing.end(json);
  const [incoming] = (await once(outgoing, "response", { signal })) as [IncomingMessage];
  let body = "";
  for await (const chunk of incoming.setEncoding("utf8")) {
    body += String(chunk);
    if (body.length > longestBody) break;
  }
  outgoing.destroy();
  return { status: incoming.statusCode ?? 0, body };
}
