import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxFolder } from "../folders.ts";
import { link } from "./launch.ts";
import type { FindProgram } from "./programs.ts";

const offered = ["argocd", "envoy", "istioctl", "kustomize", "pilot-agent", "promtool"] as const;

/** Puts the programs for the user's PATH in place. */
export async function offerPrograms(folder: SandboxFolder, find: FindProgram): Promise<void> {
  await mkdir(folder.bin, { recursive: true, mode: 0o700 });
  await Promise.all(offered.map(async (program) => link(await find(program), join(folder.bin, program))));
}
