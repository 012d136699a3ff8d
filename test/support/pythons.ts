import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "./cli.ts";

/** The versions of the kit's `requires-python` that services support. */
const versions = ["3.11", "3.12", "3.13", "3.14"];

export interface Python {
  readonly version: string;
  readonly program: string;
}

/** Returns the Pythons of this machine, oldest first: those on the PATH, and those that pyenv installed separately. */
export async function installedPythons(uv: string): Promise<readonly Python[]> {
  const kept = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const names = await readdir(kept).catch(() => []);
  const pythons = await Promise.all(
    versions.map(async (version) => {
      const name = names.find((each) => each.startsWith(`${version}.`));
      const asked = name === undefined ? version : join(kept, name, "bin/python");
      const words = ["python", "find", "--no-project", "--no-python-downloads", asked];
      const { exit, stdout } = await run(uv, words);
      return exit === 0 ? [{ version, program: stdout.trim() }] : [];
    }),
  );
  return pythons.flat();
}

/** Returns the oldest and the newest, or the only one. */
export function endsOf(pythons: readonly Python[]): readonly Python[] {
  return [...new Set([pythons.at(0), pythons.at(-1)])].filter((each) => each !== undefined);
}
