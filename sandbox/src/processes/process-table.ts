import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { platform } from "node:os";
import { promisify } from "node:util";

/** A live process of this machine, not a zombie. */
export interface ProcessEntry {
  readonly pid: number;
  /**
   * When it started, in a form that is only good for comparison: together with the pid, it identifies a process
   * uniquely.
   */
  readonly started: string;
  readonly args: readonly string[];
  readonly residentBytes: number;
}

/** Returns the running processes. */
export type ProcessTable = () => Promise<ReadonlyMap<number, ProcessEntry>>;

/** Reads this machine's table: /proc on Linux, where `ps` may not be installed, otherwise `ps`. */
export const processTable: ProcessTable = () => (platform() === "linux" ? fromProc() : fromPs());

async function fromProc(): Promise<Map<number, ProcessEntry>> {
  const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(pids.map((pid) => readProc(pid, boot)));
  return new Map(entries.flatMap((entry) => (entry === undefined ? [] : [[entry.pid, entry]])));
}

async function readProc(pid: string, boot: string): Promise<ProcessEntry | undefined> {
  try {
    const [stat, status, cmdline] = (await Promise.all(
      ["stat", "status", "cmdline"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8")),
    )) as [string, string, string];
    // proc(5): the command's name is in parentheses and may contain spaces; field 3 follows.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === "Z" || state === "X") return undefined;
    const residentKib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0;
    return {
      pid: Number(pid),
      started: `${boot}:${startTicks}`,
      args: cmdline.split("\0").slice(0, -1),
      residentBytes: Number(residentKib) * 1024,
    };
  } catch {
    // It ended while it was read.
    return undefined;
  }
}

async function fromPs(): Promise<Map<number, ProcessEntry>> {
  const { stdout } = await promisify(execFile)("ps", ["-axww", "-o", "pid=,stat=,rss=,lstart=,args="], {
    env: { ...process.env, LC_ALL: "C" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return parsePs(stdout);
}

/** Parses `ps -axww -o pid=,stat=,rss=,lstart=,args=`: lstart is five words, `Mon Nov 23 05:09:10 2026`. */
export function parsePs(text: string): Map<number, ProcessEntry> {
  const table = new Map<number, ProcessEntry>();
  for (const line of text.split("\n")) {
    const match = /^\s*(\d+)\s+(\S+)\s+(\d+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(line);
    if (match === null || match[2]?.startsWith("Z") === true) continue;
    const pid = Number(match[1]);
    table.set(pid, {
      pid,
      started: (match[4] ?? "").replace(/\s+/g, " "),
      args: (match[5] ?? "").split(" "),
      residentBytes: Number(match[3]) * 1024,
    });
  }
  return table;
}
