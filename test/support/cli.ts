import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { main } from "../../src/main.ts";
import type { Host } from "../../src/host/host.ts";
import { memoryHost, type HostOptions } from "./host.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));
export const launcher = fileURLToPath(new URL("../../bin/gennet", import.meta.url));

export interface Ended {
  /** The exit code; null if a signal ended the process. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, with an in-memory host. */
export async function callGennet(argv: readonly string[], options: HostOptions = {}): Promise<Ended & { host: Host }> {
  const host = memoryHost(options);
  const exit = await main(argv, host);
  return { exit, stdout: host.stdout.written(), stderr: host.stderr.written(), host };
}

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** The content of standard input; empty by default. */
  readonly input?: string;
  /** Kills the process with SIGKILL when it aborts. */
  readonly kill?: AbortSignal;
  /** Sends the process SIGINT, like Ctrl-C, when it aborts. */
  readonly interrupt?: AbortSignal;
  /** Forwards its messages to this process's stderr. */
  readonly show?: boolean;
  /** Called with its messages. */
  readonly hear?: (chunk: string) => void;
  /** The Node.js to run it with; that of this process by default. */
  readonly node?: string;
}

/** Runs bin/gennet, the built bundle, as its own process without a terminal. */
export function runGennet(argv: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  return run(options.node ?? process.execPath, [launcher, ...argv], options);
}

/** Runs a program until it exits. Rejects only if it cannot be started. */
export function run(program: string, argv: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      cwd: options.cwd ?? repository,
      env: { ...withoutGennet(process.env), ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.on("error", () => undefined).end(options.input);
    options.kill?.addEventListener("abort", () => child.kill("SIGKILL"), { once: true });
    options.interrupt?.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      if (options.show === true) process.stderr.write(chunk);
      options.hear?.(chunk);
    });
    child.on("error", reject);
    child.on("close", (exit) => resolve({ exit, stdout, stderr }));
  });
}

/** A developer's own GENNET_ variables must not affect a test. */
export function withoutGennet(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GENNET_")));
}
