import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { parsePs, processTable } from "./process-table.ts";

describe("processTable", () => {
  it("processTable has this process, and distinguishes two with the same pid by their start time", async () => {
    const own = (await processTable()).get(process.pid);
    expect(own?.residentBytes).toBeGreaterThan(10_000_000);
    expect((await processTable()).get(process.pid)?.started).toBe(own?.started);
  });

  it("processTable does not have a process that ended", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect((await processTable()).has(child.pid as number)).toBe(false);
  });
});

describe("parsePs", () => {
  it("parsePs reads the columns, including lstart's five words, and skips zombies", () => {
    const table = parsePs(
      [
        "    1 Ss     1024 Mon Nov 23 05:09:10 2026     /sbin/init splash",
        " 4711 S+    20480 Tue Nov  3 15:09:01 2026     /bin/etcd --data-dir=/x/etcd",
        " 4712 Z         0 Tue Nov  3 15:09:01 2026     (etcd)",
      ].join("\n"),
    );
    expect([...table.keys()]).toEqual([1, 4711]);
    expect(table.get(4711)).toEqual({
      pid: 4711,
      started: "Tue Nov 3 15:09:01 2026",
      args: ["/bin/etcd", "--data-dir=/x/etcd"],
      residentBytes: 20 * 2 ** 20,
    });
  });
});
