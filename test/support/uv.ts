import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findPython } from "../../src/sandbox/python.ts";

/** The uv to run a service's tests with: GENNET_TEST_UV, or the pinned one of the sandbox's Python environment. */
export async function findUv(): Promise<string> {
  const named = process.env["GENNET_TEST_UV"];
  if (named !== undefined) return named;
  const clock = { now: () => Date.now(), sleep: async (ms: number): Promise<void> => delay(ms) };
  const setting = {
    host: { env: process.env, home: homedir(), clock },
    emit: () => undefined,
    signal: new AbortController().signal,
  };
  return join(dirname(await findPython(setting, () => undefined)), "uv");
}
