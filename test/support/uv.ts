import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findPython } from "../../sandbox/src/programs/python.ts";

/** Returns the folder of the programs in the sandbox's Python environment, which is created if necessary. */
export async function pythonTools(): Promise<string> {
  const clock = { now: () => Date.now(), sleep: async (ms: number): Promise<void> => delay(ms) };
  const setting = {
    host: { env: process.env, home: homedir(), clock },
    emit: () => undefined,
    signal: new AbortController().signal,
  };
  return dirname(await findPython(setting, () => undefined));
}

/** On machines whose variables are for building images, each start of Python would compile all its imports. */
export const keepsBytecode = { PYTHONDONTWRITEBYTECODE: undefined };

/** Returns the uv for a service's tests: GENNET_TEST_UV, or the pinned one of the sandbox's Python environment. */
export async function findUv(): Promise<string> {
  return process.env["GENNET_TEST_UV"] ?? join(await pythonTools(), "uv");
}
