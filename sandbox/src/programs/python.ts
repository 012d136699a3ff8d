import { createHash } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import { isThere } from "../../../src/core/is-there.ts";
import { cacheFolder, shippedFolder } from "../folders.ts";
import { definedOnly, isAtLeast } from "./go-toolchain.ts";
import { withLock } from "../processes/lock.ts";
import type { Setting } from "../setting.ts";
import { writePrivate } from "../state.ts";
import { paced } from "../tracked.ts";

const needed = "3.11";

/**
 * A folder of sandbox/ with a requirements.txt: the packages of the AWS endpoint, or programs distributed as wheels.
 */
export type EnvironmentName = "aws" | "wheels" | "postgres";

/** Returns the Python of the AWS endpoint's environment; see {@link findEnvironment}. */
export async function findPython(setting: Setting, detail: (text: string) => void): Promise<string> {
  return join(await findEnvironment(setting, "aws", detail), "bin", "python");
}

/**
 * Returns the folder of a virtual environment with the packages of sandbox/NAME/requirements.txt, created once for each
 * content of that file. Throws SANDBOX_PYTHON_MISSING and SANDBOX_BUILD_FAILED.
 */
export async function findEnvironment(
  setting: Setting,
  name: EnvironmentName,
  detail: (text: string) => void,
): Promise<string> {
  const requirements = shippedFolder(name, "requirements.txt");
  const digest = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 16);
  const folder = join(cacheFolder(setting.host), `python-${digest}`);
  // A virtual environment cannot be moved, so this file marks it as complete.
  const complete = join(folder, "complete");
  const isComplete = (): Promise<boolean> => isThere(complete);
  if (await isComplete()) return folder;
  await withLock(
    `${folder}.lock`,
    { waitMs: Infinity, what: "the sandbox's Python environment" },
    setting,
    async () => {
      if (await isComplete()) return;
      const base = await requirePython(setting);
      await rm(folder, { recursive: true, force: true });
      await mkdir(cacheFolder(setting.host), { recursive: true, mode: 0o700 });
      detail("creating a virtual environment");
      await runPython(base, ["-m", "venv", folder], setting, () => undefined);
      let packages = 0;
      const report = paced(setting, detail, (elapsed) => `collecting packages: ${packages} so far, ${elapsed}`);
      const pip = ["-m", "pip", "install", "--no-input", "--no-cache-dir", "--disable-pip-version-check"];
      await runPython(join(folder, "bin", "python"), [...pip, "-r", requirements], setting, (line) => {
        if (line.startsWith("Installing collected packages")) detail(`installing ${packages} packages`);
        if (!line.startsWith("Collecting ")) return;
        packages += 1;
        report();
      });
      await writePrivate(complete, "");
    },
  );
  return folder;
}

/** Returns the first of python3 and python that is new enough and can create virtual environments. */
export async function requirePython(setting: Setting): Promise<string> {
  const { execa } = await import("execa");
  const seen: string[] = [];
  for (const candidate of ["python3", "python"]) {
    const result = await execa(candidate, ["--version"], {
      env: definedOnly(setting.host.env),
      extendEnv: false,
      reject: false,
      cancelSignal: setting.signal,
    });
    setting.signal.throwIfAborted();
    const version = /^Python (\d+\.\d+(?:\.\d+)?)/.exec(String(result.stdout))?.[1];
    if (result.failed || version === undefined) continue;
    if (!isAtLeast(version, needed)) {
      seen.push(`${candidate} is ${version}`);
      continue;
    }
    const modules = await execa(candidate, ["-c", "import venv, ensurepip"], {
      env: definedOnly(setting.host.env),
      extendEnv: false,
      reject: false,
      cancelSignal: setting.signal,
    });
    if (!modules.failed) return candidate;
    seen.push(`${candidate} ${version} lacks the module venv or ensurepip`);
  }
  const found = seen.length === 0 ? "it is not on the PATH" : seen.join(", ");
  throw new AppError(
    "SANDBOX_PYTHON_MISSING",
    `The sandbox's AWS endpoint needs Python ${needed} or newer; ${found}.`,
    {
      next: [
        `Install Python ${needed} or newer with venv (on Debian and Ubuntu: apt install python3-venv).`,
        "Or put another python3 first on the PATH.",
      ],
    },
  );
}

async function runPython(
  file: string,
  args: readonly string[],
  setting: Setting,
  onLine: (line: string) => void,
): Promise<void> {
  const { execa, ExecaError } = await import("execa");
  try {
    await execa(file, args, {
      env: definedOnly(setting.host.env),
      extendEnv: false,
      cancelSignal: setting.signal,
      stdout: function* (line: unknown) {
        onLine(String(line));
        yield line as string;
      },
    });
  } catch (error) {
    setting.signal.throwIfAborted();
    if (!(error instanceof ExecaError)) throw error;
    const lines = String(error.stderr || error.stdout || error.shortMessage)
      .trim()
      .split("\n")
      .slice(-8);
    throw new AppError("SANDBOX_BUILD_FAILED", `Cannot create the Python environment:\n${lines.join("\n")}`, {
      next: ["Check the connection to the Python package index (`pip config list`).", "Run the command again."],
    });
  }
}
