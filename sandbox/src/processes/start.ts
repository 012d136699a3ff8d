import type { Component } from "./component.ts";
import { findRunning, type Launch, startDaemon, type StartedProcess } from "./daemon.ts";
import { failedStart } from "./failed-start.ts";
import type { SandboxFolder } from "../folders.ts";
import { isReady } from "../region/http.ts";
import { processTable } from "./process-table.ts";
import type { Setting } from "../setting.ts";

/** A cold start reads 400 MB of programs from a disk that may be busy. */
const readyWithinMs = 240_000;
const pollMs = 100;

export interface Started {
  readonly process: StartedProcess;
  /** It was already running. */
  readonly kept: boolean;
}

/**
 * Starts a component unless it is running, and waits until it is ready. `record` is called before the wait, so that a
 * started process is always known. Throws SANDBOX_COMPONENT_FAILED with the end of its log.
 */
export async function ensureStarted(
  component: Component,
  launch: Omit<Launch, "log">,
  known: StartedProcess | undefined,
  folder: SandboxFolder,
  setting: Setting,
  record: (process: StartedProcess) => Promise<void>,
): Promise<Started> {
  const log = folder.log(component.id);
  const kept = findRunning(await processTable(), known) !== undefined;
  const process = kept
    ? (known as StartedProcess)
    : {
        ...(await startDaemon({ ...launch, log }, processTable, setting.host.clock)),
        starts: (known?.starts ?? 0) + 1,
      };
  if (!kept) await record(process);
  const deadline = setting.host.clock.now() + readyWithinMs;
  while (!(await isReady(component.probe, setting.signal))) {
    setting.signal.throwIfAborted();
    if (findRunning(await processTable(), process) === undefined) {
      throw await failedStart(component, "ended while it started", log);
    }
    if (setting.host.clock.now() > deadline) {
      throw await failedStart(component, `(pid ${process.pid}) was not ready within ${readyWithinMs / 1_000} s`, log);
    }
    await setting.host.clock.sleep(pollMs, setting.signal);
  }
  return { process, kept };
}
