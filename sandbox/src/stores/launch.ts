import { createHash, randomBytes } from "node:crypto";
import { readFile, rename, rm } from "node:fs/promises";
import { platform } from "node:os";
import { join } from "node:path";
import { launchOf } from "../full/launch.ts";
import type { Launch } from "../processes/daemon.ts";
import { AppError } from "../../../src/core/error.ts";
import { isThere } from "../../../src/core/is-there.ts";
import { processTable } from "../processes/process-table.ts";
import type { Setting } from "../setting.ts";
import { writePrivate } from "../state.ts";
import type { StorePart } from "./parts.ts";
import type { StorePrograms } from "./programs.ts";

/**
 * Makes what a store needs before its first start, and returns how to start it. Its password is not on the command
 * line.
 */
export async function storeLaunch(
  part: StorePart,
  region: string,
  programs: StorePrograms,
  setting: Setting,
): Promise<Omit<Launch, "log">> {
  const start = async (program: string): Promise<Omit<Launch, "log">> =>
    launchOf(part, region, async () => program, setting);
  if (part.store === "redis") {
    const launch = await start(await programs.redis());
    await once(join(part.folder, "users.acl"), async () => {
      const password = await passwordOf(part.folder);
      return `user default on #${createHash("sha256").update(password).digest("hex")} ~* &* +@all\n`;
    });
    return launch;
  }
  if (part.store === "neo4j") {
    const { java, classPath } = await programs.neo4j();
    const launch = await start(java);
    const env = { ...launch.env, CLASSPATH: classPath, NEO4J_PASSWORD: await passwordOf(part.folder) };
    return { ...launch, env };
  }
  const bin = await programs.postgres();
  const launch = await start(join(bin, "postgres"));
  await makeDatabase(part.folder, join(bin, "initdb"), launch, setting);
  await dropStaleLock(join(part.folder, "data"));
  return unprivileged(launch);
}

/** The password of a store's administrator (`postgres`, `default`, `neo4j`), created on first use. */
export async function passwordOf(folder: string): Promise<string> {
  return once(join(folder, "password"), async () => randomBytes(24).toString("base64url"));
}

async function once(path: string, make: () => Promise<string>): Promise<string> {
  const known = await readFile(path, "utf8").catch(() => undefined);
  if (known !== undefined) return known;
  const text = await make();
  await writePrivate(path, text);
  return text;
}

/**
 * PostgreSQL refuses to run as root. In its own user namespace, root becomes `nobody`, and still owns the sandbox's
 * folders, whatever the permissions of their parents.
 */
function unprivileged(launch: Omit<Launch, "log">): Omit<Launch, "log"> {
  if (platform() !== "linux" || process.getuid?.() !== 0) return launch;
  const nobody = ["--user", "--map-user=65534", "--map-group=65534", "--"];
  return { ...launch, file: "unshare", args: [...nobody, launch.file, ...launch.args] };
}

/**
 * A killed server leaves its pid file, and the pid may belong to another process by now, so the next server would not
 * start.
 */
async function dropStaleLock(data: string): Promise<void> {
  const lock = join(data, "postmaster.pid");
  const pid = Number.parseInt(await readFile(lock, "utf8").catch(() => ""), 10);
  if ((await processTable()).get(pid)?.args.includes(data) !== true) await rm(lock, { force: true });
}

async function makeDatabase(
  folder: string,
  initdb: string,
  { env }: Omit<Launch, "log">,
  setting: Setting,
): Promise<void> {
  const data = join(folder, "data");
  if (await isThere(data)) return;
  await passwordOf(folder);
  const unfinished = `${data}.new`;
  await rm(unfinished, { recursive: true, force: true });
  const where = ["--pgdata", unfinished, "--username", "postgres", "--pwfile", join(folder, "password")];
  const how = ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"];
  const { file, args } = unprivileged({ file: initdb, args: [...where, ...how], env });
  const { execa } = await import("execa");
  const { failed, all } = await execa(file, args, {
    env,
    extendEnv: false,
    cwd: folder,
    all: true,
    reject: false,
    stdin: "ignore",
    cancelSignal: setting.signal,
  });
  setting.signal.throwIfAborted();
  if (failed) {
    const end = String(all).trim().split("\n").slice(-8).join("\n");
    throw new AppError("SANDBOX_COMPONENT_FAILED", `initdb could not create a database:\n${end}`, {
      next: ["Run the command again."],
    });
  }
  await rename(unfinished, data);
}
