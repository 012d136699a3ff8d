import type { ProcessEntry } from "../../sandbox/src/processes/process-table.ts";

/** Kills processes. Some end with others that were killed before them. */
export function killAll(processes: readonly Pick<ProcessEntry, "pid">[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
