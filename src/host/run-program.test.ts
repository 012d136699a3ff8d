import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { type EndedProgram, type RunningProgram, runProgram } from "./run-program.ts";

const timesOut = new Error("time is up");

describe("a program and what it starts", () => {
  it("Output and exit code are those of the program, with both streams apart and together", async () => {
    const lines: string[] = [];
    const ended = await sh("echo one; echo two >&2; printf three; exit 3", {
      onLine: (line, stream) => lines.push(`${stream}: ${line}`),
    });
    expect(ended).toMatchObject({ exit: 3, stdout: "one\nthree", stderr: "two\n", isCut: false });
    expect(lines.toSorted()).toEqual(["stderr: two", "stdout: one", "stdout: three"]);
    expect(ended.output).toHaveLength("one\ntwo\nthree".length);
  });

  it.each([
    ["/nowhere/nothing", [], "cannot run /nowhere/nothing: ENOENT"],
    ["sh", ["-c", "a".repeat(3 << 20)], "cannot run sh: E2BIG"],
    ["sh", ["-c", "kill -9 $$"], "ended by SIGKILL"],
  ])("%s that does not run, or is killed, has no exit code", async (file, args, reason) => {
    expect(await program({ file, args })).toMatchObject({ exit: undefined, reason });
  });

  it("A background process does not keep a script from ending, and is ended with it", async () => {
    const { stdout, exit } = await sh("sleep 30 & echo $!");
    expect(exit).toBe(0);
    expect(await isRunning(stdout)).toBe(false);
  });

  it("A background process that ignores SIGTERM is killed", async () => {
    const { stdout, exit } = await sh("trap '' TERM; sleep 30 >&- 2>&- & echo $!");
    expect(exit).toBe(0);
    await expect.poll(() => isRunning(stdout)).toBe(false);
  }, 15_000);

  it("The time-out ends a step even if a process has left the group and holds its output open", async () => {
    const script = "setsid sh -c 'echo $$; exec sleep 20' & wait";
    const timeout = new AbortController();
    let pid = "";
    const onLine = (line: string): void => {
      pid = line;
      timeout.abort(timesOut);
    };
    const ended = sh(script, { onLine, signal: timeout.signal });
    await expect(ended).rejects.toBe(timesOut);
    expect(await isRunning(pid)).toBe(true);
    process.kill(Number(pid));
  });

  it("A long line comes whole, so that nothing in it is split", async () => {
    const lines: string[] = [];
    const script = `i=0; while [ $i -lt 200 ]; do printf '%01000d' 0; i=$((i+1)); done; printf secret; echo end`;
    await sh(script, { onLine: (line) => lines.push(line) });
    expect(lines).toEqual([`${"0".repeat(200_000)}secretend`]);
  });

  it("Output of more than 8 MiB is cut at the end of a line", async () => {
    const { output, stdout, isCut } = await sh("yes 0123456789abcde | head -c 9000000");
    expect(isCut).toBe(true);
    expect([output.length, stdout.slice(-16)]).toEqual([8 << 20, "0123456789abcde\n"]);
    const oneLine = await sh("echo before; head -c 9000000 /dev/zero | tr '\\0' x; echo; echo after");
    expect([oneLine.isCut, oneLine.output]).toEqual([true, "before\n"]);
  });
});

function sh(script: string, more: Partial<RunningProgram> = {}): Promise<EndedProgram> {
  return program({ file: "sh", args: ["-c", script], ...more });
}

function program(more: Pick<RunningProgram, "file" | "args"> & Partial<RunningProgram>): Promise<EndedProgram> {
  return runProgram({
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"] },
    onLine: () => undefined,
    signal: new AbortController().signal,
    ...more,
  });
}

/** A zombie has ended. */
async function isRunning(pid: string): Promise<boolean> {
  const id = pid.trim();
  if (!/^\d+$/.test(id)) throw new Error(`${JSON.stringify(pid)} is no process ID`);
  const stat = await readFile(`/proc/${id}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) [ZX] /.test(stat);
}
