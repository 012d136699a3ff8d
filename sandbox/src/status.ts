import { AppError } from "../../src/core/error.ts";
import { allComponents } from "./components.ts";
import { findRunning } from "./processes/daemon.ts";
import { type SandboxFolder, sandboxFolder } from "./folders.ts";
import { isReady } from "./region/http.ts";
import { processTable } from "./processes/process-table.ts";
import { proportionalBytes } from "./processes/shared-memory.ts";
import type { Setting } from "./setting.ts";
import { readState, type SandboxState } from "./state.ts";

export interface ComponentStatus {
  /** Absent for the AWS endpoint, which serves all regions. */
  readonly awsRegion?: string;
  readonly component: string;
  /** `unready`: it runs but is not ready; `failed`: it is down on purpose, see `gennet sandbox fail`. */
  readonly state: "running" | "unready" | "stopped" | "failed";
  readonly port: number;
  readonly pid?: number;
  /** For pages shared with other processes, its share. */
  readonly residentBytes?: number;
  readonly uptimeMs?: number;
  readonly log: string;
}

/** Returns the sandbox of that name. Throws SANDBOX_NOT_FOUND. */
export async function requireState(
  name: string,
  setting: Setting,
): Promise<{ state: SandboxState; folder: SandboxFolder }> {
  const folder = sandboxFolder(setting.host, name);
  const state = await readState(folder, name);
  if (state !== undefined) return { state, folder };
  throw new AppError("SANDBOX_NOT_FOUND", `There is no sandbox named ${name}.`, {
    next: [`gennet sandbox up${name === "default" ? "" : ` --name ${name}`}  # creates it`],
  });
}

/** Returns every process that should run, with its state. */
export async function componentStatuses(
  { state, folder }: { readonly state: SandboxState; readonly folder: SandboxFolder },
  setting: Setting,
): Promise<readonly ComponentStatus[]> {
  const table = await processTable();
  return Promise.all(
    allComponents(state, folder).map(async ({ id, name, awsRegion, port, probe }) => {
      const known = state.processes[id];
      const entry = findRunning(table, known);
      const common = {
        ...(awsRegion === undefined ? {} : { awsRegion }),
        component: name,
        port,
        log: folder.log(id),
      };
      if (entry === undefined || known === undefined) {
        const onPurpose = state.failed?.includes(id) === true;
        return { ...common, state: onPurpose ? ("failed" as const) : ("stopped" as const) };
      }
      return {
        ...common,
        state: (await isReady(probe, setting.signal)) ? ("running" as const) : ("unready" as const),
        pid: entry.pid,
        residentBytes: await proportionalBytes(entry),
        uptimeMs: setting.host.clock.now() - Date.parse(known.startedAt),
      };
    }),
  );
}
