import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { main } from "../../src/main.ts";
import type { Host } from "../../src/host/host.ts";
import { memoryHost, type HostOptions } from "./host.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));
export const launcher = fileURLToPath(new URL("../../bin/gennet", import.meta.url));

export interface Ended {
  /** The exit code; null where a signal ended the process. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, with a host that lives in memory. */
export async function callGennet(argv: readonly string[], options: HostOptions = {}): Promise<Ended & { host: Host }> {
  const host = memoryHost(options);
  const exit = await main(argv, host);
  return { exit, stdout: host.stdout.written(), stderr: host.stderr.written(), host };
}

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** What comes in on standard input; nothing without. */
  readonly input?: string;
  /** Ends the process by SIGKILL when it aborts. */
  readonly kill?: AbortSignal;
  /** Lets its messages through to this process's stderr as they come. */
  readonly show?: boolean;
  /** Is given its messages as they come. */
  readonly hear?: (chunk: string) => void;
  /** The Node.js to run it with; this one unless named. */
  readonly node?: string;
}

/** Runs bin/gennet, that is the built bundle, as its own process without a terminal. */
export function runGennet(argv: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  return run(options.node ?? process.execPath, [launcher, ...argv], options);
}

/** Runs a program to its end. Rejects only where it cannot be started. */
export function run(program: string, argv: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      cwd: options.cwd ?? repository,
      env: { ...withoutGennet(process.env), ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.on("error", () => undefined).end(options.input);
    options.kill?.addEventListener("abort", () => child.kill("SIGKILL"), { once: true });
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

/** A developer's own GENNET_ variables must not decide how a test ends. */
export function withoutGennet(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GENNET_")));
}
