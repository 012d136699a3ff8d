import type { Event } from "../../core/event.ts";
import { shell } from "../../core/shell-words.ts";

/** Makes a lockfile fit its project again; false where that could not be done. */
export type Relock = (folder: string, lock: string) => Promise<boolean>;

/** The longest that one may take: where there is no network, its tool tries again for a while. */
const patienceMs = 60_000;

/**
 * The tool of each lockfile; what it locked before it keeps where that still fits. Except for the kit: its wheel may be
 * another one of the same version, whose hash uv would not look at.
 */
const tools: Readonly<Record<string, readonly string[]>> = {
  "uv.lock": ["uv", "lock", "--upgrade-package", "gennet-service-kit"],
  "poetry.lock": ["poetry", "lock", "--no-interaction"],
};

export const lockfiles = Object.keys(tools);

/** What a person types in its place. */
export function relockCommand(lock: string, path: string): string {
  return shell`${tools[lock] ?? []} --directory ${path}`;
}

/** Runs the lockfile's own tool, where it is on the PATH. */
export function relockWith(
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  emit: (event: Event) => void,
): Relock {
  return async (folder, lock) => {
    emit({ type: "note", level: "info", text: `Making ${lock} fit: ${relockCommand(lock, folder)}` });
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
