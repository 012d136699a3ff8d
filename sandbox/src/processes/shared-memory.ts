import { readFile } from "node:fs/promises";
import type { ProcessEntry } from "./process-table.ts";

/**
 * The memory that a process takes of this machine, bytes: of a page that it shares with others, such as Envoy's code
 * with every other sidecar, it counts its part (Pss in proc(5)). Where that cannot be read it is all that is resident.
 */
export async function proportionalBytes({ pid, residentBytes }: ProcessEntry): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  const kib = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? residentBytes : Number(kib) * 1024;
}
