import { homedir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { findServerPrograms, type ServerPrograms } from "../../sandbox/src/stores/server-programs.ts";
import { storePrograms } from "../../sandbox/src/stores/programs.ts";

/** Returns the PostgreSQL and the Valkey of the sandbox, which are downloaded if necessary. */
export async function serverPrograms(): Promise<ServerPrograms> {
  const clock = { now: () => Date.now(), sleep: async (ms: number): Promise<void> => delay(ms) };
  const setting = {
    host: { env: process.env, home: homedir(), clock },
    emit: () => undefined,
    signal: new AbortController().signal,
  };
  const found = await findServerPrograms(
    storePrograms(setting, () => undefined),
    setting,
  );
  if (found === undefined) throw new Error("PostgreSQL and Valkey can be neither found nor downloaded");
  return found;
}
