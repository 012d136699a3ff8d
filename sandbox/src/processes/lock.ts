import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import type { Setting } from "../setting.ts";

/** A killed holder stops touching its lock; after this time it counts as gone. */
const staleMs = 5_000;
const retryMs = 250;

export interface LockOptions {
  /** How long to wait for a live holder, in milliseconds; Infinity to wait until it has finished. */
  readonly waitMs: number;
  /** What is locked, for people: `sandbox default`. */
  readonly what: string;
}

/**
 * Does `work` while no other gennet process does the same. Throws SANDBOX_BUSY if another one holds the lock for too
 * long.
 */
export async function withLock<T>(
  path: string,
  options: LockOptions,
  setting: Setting,
  work: () => Promise<T>,
): Promise<T> {
  const release = await acquire(path, options, setting);
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}

async function acquire(path: string, options: LockOptions, setting: Setting): Promise<() => Promise<void>> {
  const { lock } = (await import("proper-lockfile")).default;
  const { clock } = setting.host;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const deadline = clock.now() + options.waitMs;
  for (let told = false; ;) {
    setting.signal.throwIfAborted();
    try {
      return await lock(path, {
        realpath: false,
        lockfilePath: path,
        stale: staleMs,
        update: 1_000,
        // The machine was asleep, and another gennet took over. It continues from what is recorded, so this one can,
        // too.
        onCompromised: () => undefined,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    }
    if (clock.now() >= deadline) {
      throw new AppError("SANDBOX_BUSY", `Another gennet process is working on ${options.what}.`, {
        next: ["Wait until it has finished, then run the command again."],
      });
    }
    if (!told) setting.emit({ type: "note", level: "info", text: `Waiting for another gennet process that is working on ${options.what}.` });
    told = true;
    await clock.sleep(retryMs, setting.signal);
  }
}
