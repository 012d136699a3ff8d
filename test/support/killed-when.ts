import { chmod, rm, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { launcher, withoutGennet } from "./cli.ts";

/** A moment of a run, seen from outside. */
export interface KillPlace {
  readonly name: string;
  /** Prepares the kill of a process that has just been started; what is returned clears it away. */
  readonly arm: (pid: number) => Promise<() => Promise<unknown>>;
}

/** Runs gennet until a place's SIGKILL ends it; returns what ended it. */
export async function killedAt(
  { arm }: KillPlace,
  argv: readonly string[],
  { env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
): Promise<NodeJS.Signals | number | null> {
  const child = spawn(process.execPath, [launcher, ...argv], {
    cwd,
    env: { ...withoutGennet(process.env), ...env },
    stdio: "ignore",
  });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.on("close", (code, signal) => resolve(signal ?? code));
  });
  const disarm = await arm(child.pid as number);
  try {
    return await ended;
  } finally {
    await disarm();
  }
}

/** The moment at which something is there; it is looked for while the process runs. */
export function whenThere(name: string, isThere: () => Promise<boolean>): KillPlace {
  return {
    name,
    arm: async (pid) => {
      const over = new AbortController();
      const watching = (async () => {
        while (!over.signal.aborted) {
          if (await isThere()) {
            killIfAlive(pid);
            return;
          }
          await pause(100);
        }
      })();
      return async () => {
        over.abort();
        await watching;
      };
    },
  };
}

/** The moment at which a Git repository takes a push: before it has, so that it takes nothing, or when it has. */
export function inPush(name: string, repository: string, hook: "pre-receive" | "post-receive"): KillPlace {
  return {
    name,
    arm: async (pid) => {
      const file = join(repository, "hooks", hook);
      await writeFile(file, `#!/bin/sh\nkill -9 ${pid}\nexit ${hook === "pre-receive" ? 1 : 0}\n`);
      await chmod(file, 0o755);
      return () => rm(file);
    },
  };
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It has ended by itself: the test sees how.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
