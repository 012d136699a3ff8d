import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { vi } from "vitest";
import { withoutGennet } from "./cli.ts";
import type { ServiceUnderTest } from "./scaffolded-service.ts";
import { findUv, keepsBytecode } from "./uv.ts";

/** One line of a service's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string };

/** The stores of a scaffolded service, for the duration of a test, and the variables that point the service at them. */
export interface RunningStores {
  readonly env: Readonly<Record<string, string>>;
  readonly end: () => Promise<void>;
}

/** A scaffolded service as a process on a port of this machine. */
export interface RunningService {
  readonly url: string;
  readonly log: readonly LogLine[];
  /** Ends it like Kubernetes ends a pod; resolves when the process has exited. */
  readonly stop: () => Promise<void>;
}

/** Prints where the stores are, and stops them when its input ends. */
const saysWhere = `
import json, os, sys
print(json.dumps({name: value for name, value in os.environ.items() if name.startswith("APP_")}), flush=True)
sys.stdin.read()`;

/** Empty servers of every store, and the variables with which a service's tests use them instead of their own. */
const serves = `
import json, sys
from contextlib import ExitStack
from gennet_service_kit.testing import neo4j, redis
from gennet_service_kit.testing.postgres_server import serve_administrator
with ExitStack() as running:
    postgres = running.enter_context(serve_administrator()).set(drivername="postgresql")
    print(json.dumps({
        "TEST_NEO4J_URL": running.enter_context(neo4j.serve_url()),
        "TEST_POSTGRES_URL": postgres.render_as_string(hide_password=False),
        "TEST_REDIS_URL": running.enter_context(redis.serve_url()),
    }), flush=True)
    sys.stdin.read()`;

/** Starts the stores of a service with the command in its README. */
export function startStores(service: ServiceUnderTest): Promise<RunningStores> {
  return untilInputEnds(service, ["python", "-m", "gennet_service_kit.testing", "--", "python", "-c", saysWhere]);
}

/** Starts only the servers, for a service with all stores. */
export function startServers(service: ServiceUnderTest): Promise<RunningStores> {
  return untilInputEnds(service, ["python", "-c", serves]);
}

async function untilInputEnds(service: ServiceUnderTest, words: readonly string[]): Promise<RunningStores> {
  const child = await inService(service, words, {});
  let env: Record<string, string> | undefined;
  const output = follow(child, (line) => {
    if (line.startsWith("{")) env = JSON.parse(line) as Record<string, string>;
  });
  await whileRunning(child, output, () => env !== undefined);
  const end = async (): Promise<void> => {
    child.stdin?.end();
    await goneFrom(child);
  };
  return { env: env ?? {}, end };
}

/** Starts a service and waits until it is ready. */
export async function startService(
  service: ServiceUnderTest,
  module: string,
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<RunningService> {
  const child = await inService(service, ["python", "-m", module], { ...env, APP_PORT: String(port) });
  const log: LogLine[] = [];
  const output = follow(child, (line) => {
    if (line.startsWith("{")) log.push(JSON.parse(line) as LogLine);
  });
  const url = `http://127.0.0.1:${port}`;
  await whileRunning(child, output, () =>
    fetch(`${url}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await goneFrom(child);
  };
  return { url, log, stop };
}

/** Returns a port without a listener. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function inService(
  service: ServiceUnderTest,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  return spawn(await findUv(), ["run", "--quiet", ...words], {
    cwd: service.path(),
    env: { ...withoutGennet(process.env), ...keepsBytecode, PYTHONUNBUFFERED: "1", ...env },
    stdio: "pipe",
  });
}

/** The output of a process, line by line. */
function follow(child: ChildProcess, onLine: (line: string) => void): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) {
        lines.push(line);
        onLine(line);
      }
    });
  }
  return lines;
}

/** Resolves when the condition holds; rejects if the process exits first. */
async function whileRunning(
  child: ChildProcess,
  output: readonly string[],
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const holds = vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error(`It is not ready:\n${output.join("\n")}`);
    },
    { timeout: 120_000, interval: 50 },
  );
  const endsEarly = once(child, "exit").then(([code]) => {
    throw new Error(`It ended with ${String(code)}:\n${output.join("\n")}`);
  });
  await Promise.race([holds, endsEarly]);
}

async function goneFrom(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
