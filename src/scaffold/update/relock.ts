import type { Event } from "../../core/event.ts";
import { shell } from "../../core/shell-words.ts";

/** Updates a lockfile to match its project. Returns false if that failed. */
export type Relock = (folder: string, lock: string) => Promise<boolean>;

/** The time limit for a lockfile. Without a network, its tool retries for a while. */
const patienceMs = 60_000;

/**
 * The tool of each lockfile. It keeps locked versions that still match, except for the kit: its wheel may be a different
 * file of the same version, whose hash uv would not check.
 */
const tools: Readonly<Record<string, readonly string[]>> = {
  "uv.lock": ["uv", "lock", "--upgrade-package", "gennet-service-kit"],
  "poetry.lock": ["poetry", "lock", "--no-interaction"],
};

export const lockfiles = Object.keys(tools);

/** The command for users to run instead. */
export function relockCommand(lock: string, path: string): string {
  return shell`${tools[lock] ?? []} --directory ${path}`;
}

/** Runs the lockfile's own tool, if it is on the PATH. */
export function relockWith(
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  emit: (event: Event) => void,
): Relock {
  return async (folder, lock) => {
    emit({ type: "note", level: "info", text: `Updating ${lock}: ${relockCommand(lock, folder)}` });
    const [tool = "", ...args] = tools[lock] ?? [];
    const { execa } = await import("execa");
    const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const { exitCode } = await execa(tool, args, {
      cwd: folder,
      env: Object.fromEntries(given),
      extendEnv: false,
      stdio: "ignore",
      reject: false,
      timeout: patienceMs,
      cancelSignal: signal,
    });
    signal.throwIfAborted();
    return exitCode === 0;
  };
}
