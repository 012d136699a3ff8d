import { spawn } from "node:child_process";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { connect } from "node:net";
import type { Clock } from "../../../src/core/clock.ts";
import type { Container, Handler, HttpGet } from "./pod.ts";

/** How to reach a container. */
export interface Target {
  readonly container: Container;
  readonly podIP: string;
  /** The shim and the folder of the container's run, for exec. */
  readonly shim: string;
  readonly run: string;
}

export interface HandlerResult {
  readonly ok: boolean;
  /** Why it failed, for people; never a response body. */
  readonly says: string;
}

/** Runs a probe or lifecycle hook once. Never throws. */
export async function perform(
  handler: Handler,
  target: Target,
  timeoutMs: number | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<HandlerResult> {
  // Not AbortSignal.timeout: Node 20 garbage-collects a signal that only AbortSignal.any references, and it never
  // fires.
  const time = new AbortController();
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => time.abort(), timeoutMs);
  const limit = AbortSignal.any([signal, time.signal]);
  try {
    if (handler.exec !== undefined) return await execute(handler.exec.command ?? [], target, limit);
    if (handler.httpGet !== undefined) return await httpGet(handler.httpGet, target, limit);
    if (handler.tcpSocket !== undefined) return await tcp(handler.tcpSocket, target, limit);
    await clock.sleep((handler.sleep?.seconds ?? 0) * 1_000, limit);
    return { ok: true, says: "" };
  } catch (error) {
    return { ok: false, says: limit.aborted ? "no answer in time" : String((error as Error).message) };
  } finally {
    clearTimeout(timer);
  }
}

function execute(command: readonly string[], { shim, run }: Target, signal: AbortSignal): Promise<HandlerResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(shim, ["exec", run, ...command], {
      stdio: "ignore",
      env: { PATH: process.env["PATH"] },
      signal,
    });
    child.once("error", reject);
    child.once("exit", (code) => resolve({ ok: code === 0, says: `the command ended with ${code ?? "a signal"}` }));
  });
}

/** Any redirect counts as success, like the kubelet's rule for other hosts; it is not followed. */
function httpGet(get: HttpGet, target: Target, signal: AbortSignal): Promise<HandlerResult> {
  return new Promise((resolve, reject) => {
    const tls = get.scheme === "HTTPS";
    const headers: Record<string, string> = { "user-agent": "kube-probe/gennet", accept: "*/*" };
    for (const { name, value } of get.httpHeaders ?? []) headers[name.toLowerCase()] = value;
    const options = {
      host: get.host ?? target.podIP,
      port: portOf(get.port, target.container),
      path: get.path ?? "/",
      headers,
      signal,
    };
    const request = tls
      ? // A kubelet does not verify it either.
        httpsRequest({ ...options, agent: new HttpsAgent({ rejectUnauthorized: false }) })
      : httpRequest({ ...options, agent: new HttpAgent() });
    request.once("error", reject);
    request.once("response", (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      resolve({ ok: status >= 200 && status < 400, says: `HTTP probe failed with statuscode: ${status}` });
    });
    request.end();
  });
}

function tcp(socket: NonNullable<Handler["tcpSocket"]>, target: Target, signal: AbortSignal): Promise<HandlerResult> {
  return new Promise((resolve, reject) => {
    const port = portOf(socket.port, target.container);
    const connection = connect({ host: socket.host ?? target.podIP, port, signal });
    connection.once("error", reject);
    connection.once("connect", () => {
      connection.destroy();
      resolve({ ok: true, says: "" });
    });
  });
}

/** Resolves a number, or the name of one of the container's ports. */
export function portOf(port: number | string, { ports = [] }: Pick<Container, "ports">): number {
  if (typeof port === "number") return port;
  const named = ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
  if (Number.isNaN(named)) throw new Error(`the container has no port named ${port}`);
  return named;
}
