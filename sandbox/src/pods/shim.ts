import { type ChildProcess, spawn } from "node:child_process";
import { watch } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Clock } from "../../../src/core/clock.ts";
import { type ProcessEntry, processTable } from "../processes/process-table.ts";

/** The input of pod-shim for a container; sandbox/pods/container.go documents each field. */
export interface ShimContainer {
  readonly netns: string;
  readonly hostname: string;
  readonly log: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly readOnlyRoot: boolean;
  readonly noNewPrivileges: boolean;
  readonly mounts: readonly { readonly source: string; readonly target: string; readonly readOnly: boolean }[];
  readonly traverse: readonly string[];
  readonly root: string;
}

/** A running shim, whichever process started it. */
export interface Shim {
  /** Asks the container to end. */
  terminate(): void;
  /** Ends it immediately. */
  kill(): void;
  isAlive(): Promise<boolean>;
}

/**
 * Starts a shim that outlives this process. The container's settings go through a pipe, because they may contain
 * secrets.
 */
export async function startShim(program: string, folder: string, container: ShimContainer): Promise<Shim> {
  const child = spawn(program, ["run", folder], { detached: true, stdio: ["pipe", "ignore", "ignore"], env: {} });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  // If it ends before it has read everything, the end is noticed anyway.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(container));
  child.unref();
  return ofChild(child);
}

function ofChild(child: ChildProcess): Shim {
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const send = (name: NodeJS.Signals): void => {
    if (isAlive()) child.kill(name);
  };
  return { terminate: () => send("SIGUSR1"), kill: () => send("SIGTERM"), isAlive: async () => isAlive() };
}

/** Returns the shim of a run that another runtime has started; undefined if it is gone. */
export async function findShim(folder: string): Promise<Shim | undefined> {
  const found = [...(await processTable()).values()].find(
    (entry) => isContainerShim(entry) && entry.args[2] === folder,
  );
  if (found === undefined) return undefined;
  const { pid } = found;
  // The pid may belong to another process by now.
  const isAlive = async (): Promise<boolean> => {
    const args = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
    return isContainerShim({ args }) && args[2] === folder;
  };
  const send = async (name: NodeJS.Signals): Promise<void> => {
    if (await isAlive()) process.kill(pid, name);
  };
  return {
    terminate: () => void send("SIGUSR1").catch(() => undefined),
    kill: () => void send("SIGTERM").catch(() => undefined),
    isAlive,
  };
}

/** Whether it runs a container of a pod, which outlives the runtime. */
export function isContainerShim({ args }: Pick<ProcessEntry, "args">): boolean {
  return args[0]?.endsWith("/pod-shim") === true && args[1] === "run";
}

const lookEveryMs = 2_000;

/**
 * Calls `changed` whenever a run's status may have changed, and `gone` once its shim has ended, until the signal
 * aborts.
 */
export async function followShim(
  folder: string,
  shim: Shim,
  listener: { changed(): void; gone(): void },
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const watcher = watch(folder, { signal }, () => listener.changed());
  watcher.on("error", () => undefined);
  listener.changed();
  while (!signal.aborted) {
    await clock.sleep(lookEveryMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    if (!(await shim.isAlive())) return listener.gone();
  }
}
