import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import type { Setting } from "../setting.ts";

/** A holder that was killed stops touching its lock; after this time it counts as gone. */
const staleMs = 5_000;
const retryMs = 250;

export interface LockOptions {
  /** How long to wait for a live holder, milliseconds; Infinity to wait until it is done. */
  readonly waitMs: number;
  /** What is locked, as a person calls it: `sandbox default`. */
  readonly what: string;
}

/** Does `work` while no other gennet does the same. Throws SANDBOX_BUSY when another holds the lock for too long. */
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
        // The machine slept, and another gennet took over: it resumes from what is written, and so can we.
        onCompromised: () => undefined,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    }
    if (clock.now() >= deadline) {
      throw new AppError("SANDBOX_BUSY", `Another gennet is working on ${options.what}.`, {
        next: ["Wait until it is done, then run the command again."],
      });
    }
    if (!told) setting.emit({ type: "note", level: "info", text: `Waiting for another gennet on ${options.what}.` });
    told = true;
    await clock.sleep(retryMs, setting.signal);
  }
}
