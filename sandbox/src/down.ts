import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../src/core/error.ts";
import { endProcesses, findRunning, processesIn } from "./processes/daemon.ts";
import { podRuntimes } from "./pods/launch.ts";
import { removeNetworks } from "./pods/network.ts";
import { cacheFolder, sandboxFolder } from "./folders.ts";
import { withLock } from "./processes/lock.ts";
import { processTable } from "./processes/process-table.ts";
import type { Setting } from "./setting.ts";
import { readState } from "./state.ts";

export interface DownResult {
  readonly existed: boolean;
  readonly endedPids: readonly number[];
}

const busyWaitMs = 8_000;

/**
 * Ends every process of a sandbox and removes its files. It uses both the state and the process table, so that nothing
 * is left even if gennet was killed between the two.
 */
export async function takeDown(name: string, setting: Setting): Promise<DownResult> {
  const folder = sandboxFolder(setting.host, name);
  return withLock(folder.lock, { waitMs: busyWaitMs, what: `sandbox ${name}` }, setting, async () => {
    const state = await readState(folder, name).catch((error: unknown) => {
      if (error instanceof AppError) return undefined;
      throw error;
    });
    // They would restart what is ended below.
    await endProcesses(podRuntimes(await processTable(), folder.root), processTable, setting.host.clock);
    const table = await processTable();
    const recorded = Object.values(state?.processes ?? {}).flatMap((known) => findRunning(table, known) ?? []);
    const entries = [
      ...new Map([...recorded, ...processesIn(table, folder.root)].map((each) => [each.pid, each])).values(),
    ];
    const left = await endProcesses(entries, processTable, setting.host.clock);
    if (left.length > 0) {
      throw new AppError("SANDBOX_NOT_ENDED", `Sandbox ${name}: still running after SIGKILL: ${left.join(", ")}.`, {
        next: [`gennet sandbox down --name ${name}  # tries again`],
      });
    }
    const networks = await removeNetworks(folder.root);
    const existed = networks.length > 0 || state !== undefined || entries.length > 0 || (await isThere(folder.root));
    await rm(folder.root, { recursive: true, force: true, maxRetries: 3 });
    await dropUnfinishedBuilds(setting);
    return { existed, endedPids: entries.map((entry) => entry.pid) };
  });
}

function isThere(path: string): Promise<boolean> {
  return readdir(path).then(
    () => true,
    () => false,
  );
}

/**
 * Removes a build that was killed: it keeps gigabytes, and may still be compiling. A build of a running gennet is left
 * alone.
 */
async function dropUnfinishedBuilds(setting: Setting): Promise<void> {
  const cache = cacheFolder(setting.host);
  const unfinished = (await readdir(cache).catch(() => [])).filter((file) => file.endsWith(".building"));
  for (const file of unfinished) {
    const work = join(cache, file);
    const lock = `${work.slice(0, -".building".length)}.lock`;
    await withLock(lock, { waitMs: 0, what: "the sandbox's binaries" }, setting, async () => {
      await endProcesses(processesIn(await processTable(), work), processTable, setting.host.clock);
      await rm(work, { recursive: true, force: true, maxRetries: 3 });
    }).catch((error: unknown) => {
      if (!(error instanceof AppError && error.code === "SANDBOX_BUSY")) throw error;
    });
  }
}
