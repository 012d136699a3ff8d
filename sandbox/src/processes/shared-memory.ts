import { readFile } from "node:fs/promises";
import type { ProcessEntry } from "./process-table.ts";

/**
 * Returns the memory that a process uses, in bytes: of a page that it shares with others, such as Envoy's code with
 * other sidecars, it counts its share (Pss in proc(5)). If that cannot be read, returns all resident memory.
 */
export async function proportionalBytes({ pid, residentBytes }: ProcessEntry): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  const kib = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? residentBytes : Number(kib) * 1024;
}
