import { AppError } from "../../../src/core/error.ts";
import type { Setting } from "../setting.ts";
import type { StorePrograms } from "./programs.ts";

/** The programs behind the AWS endpoint's RDS and ElastiCache. */
export interface ServerPrograms {
  /** The folder with `postgres`, `initdb` and `pg_basebackup`. */
  readonly postgresFolder: string;
  readonly valkey: string;
}

/**
 * Returns the programs of RDS and ElastiCache; undefined, with a note, if they can be neither found nor downloaded: the
 * rest of a sandbox works without them.
 */
export async function findServerPrograms(
  programs: Pick<StorePrograms, "postgres" | "redis">,
  { emit }: Pick<Setting, "emit">,
): Promise<ServerPrograms | undefined> {
  try {
    return { postgresFolder: await programs.postgres(), valkey: await programs.redis() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const text = `RDS and ElastiCache have no data behind their API. ${error.message}`;
    emit({ type: "note", level: "warn", text });
    return undefined;
  }
}

/** The emulator ends these processes, and they end themselves with the emulator. */
export function isServerGuard({ args }: { readonly args: readonly string[] }): boolean {
  return args.some((arg) => arg.endsWith("/emulator/servers/guard.py"));
}
