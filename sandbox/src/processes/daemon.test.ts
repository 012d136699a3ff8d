import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realClock } from "../../../test/support/real-clock.ts";
import { endProcesses, findRunning, processesIn, startDaemon } from "./daemon.ts";
import { type ProcessEntry, processTable } from "./process-table.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "daemon-"));
});
afterEach(() => rm(folder, { recursive: true }));

const launch = (script: string) =>
  startDaemon(
    { file: process.execPath, args: ["-e", script], env: {}, log: join(folder, "log") },
    processTable,
    realClock,
  );

const log = async (): Promise<string> => readFile(join(folder, "log"), "utf8").catch(() => "");

describe("a daemon", () => {
  it("A daemon is identified by its pid and start time, writes to its log, and ends on TERM", async () => {
    const known = await launch("console.log('here'); setInterval(() => {}, 1000)");
    await expect.poll(log).toContain("here");
    const entry = findRunning(await processTable(), known) as ProcessEntry;
    expect(entry.pid).toBe(known.pid);
    expect(findRunning(await processTable(), { ...known, started: "another time" })).toBeUndefined();

    expect(await endProcesses([entry], processTable, realClock)).toEqual([]);
    expect(findRunning(await processTable(), known)).toBeUndefined();
  });

  it("A daemon that ignores TERM is killed", async () => {
    const known = await launch("process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)");
    await expect.poll(log).toContain("deaf");
    const entry = (await processTable()).get(known.pid) as ProcessEntry;
    // Its clock runs twenty times as fast, to shorten the grace period.
    const hasty = { now: () => Date.now() * 20, sleep: realClock.sleep };
    expect(await endProcesses([entry], processTable, hasty)).toEqual([]);
    expect(findRunning(await processTable(), known)).toBeUndefined();
  });

  it("A daemon whose program does not exist fails to start", async () => {
    const missing = startDaemon(
      { file: join(folder, "none"), args: [], env: {}, log: join(folder, "log") },
      processTable,
      realClock,
    );
    await expect(missing).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("processesIn", () => {
  const entry = (pid: number, ...args: string[]): [number, ProcessEntry] => [
    pid,
    { pid, started: "", args, residentBytes: 0 },
  ];

  it("processesIn finds the sandbox's programs, but neither those of another sandbox nor a user's tail", () => {
    const table = new Map([
      entry(1, "/cache/bin/etcd", "--data-dir=/state/default/regions/eu-west-1/etcd"),
      entry(2, "/cache/bin/etcd", "--data-dir=/state/default2/regions/eu-west-1/etcd"),
      entry(3, "tail", "-f", "/state/default/logs/aws.log"),
      entry(4, "/venv/bin/python3.11", "-m", "emulator", "--config", "/state/default/aws/config.json"),
      entry(5, "/bin/node", "/lib/bin/gennet", "sandbox", "pods", "/state/default/regions/eu-west-1/pods"),
      entry(6, "/bin/node", "/work/my-own.js", "/state/default/kubeconfig"),
      entry(7, "/cache/bin/pod-shim", "run", "/state/default/regions/eu-west-1/pods/u/containers/app/0"),
      entry(8, "/venv/bin/python", "-I", "/pkg/servers/guard.py", "2", "postgres", "-D", "/state/default/aws/stores/d"),
    ]);
    expect(processesIn(table, "/state/default").map(({ pid }) => pid)).toEqual([1, 4, 5, 7, 8]);
  });

  it("processesIn finds every program that was started from a path of the sandbox", () => {
    const table = new Map([
      entry(1, "/state/default/regions/eu-west-1/bin/redis", "--port", "1"),
      entry(2, "/state/default2/regions/eu-west-1/bin/redis", "--port", "1"),
      entry(3, "/usr/bin/redis-server", "--port", "1"),
    ]);
    expect(processesIn(table, "/state/default").map(({ pid }) => pid)).toEqual([1]);
  });
});
