import { type ChildProcess, exec, execFile } from "node:child_process";
import { externalDataInterceptor } from "@smithy/core/config";
import { formatDuration } from "../core/duration.ts";

type Answer = (error: Error | null, output?: { readonly stdout: string; readonly stderr: string }) => void;

/**
 * Makes the SDK end `credential_process` after the request time-out, even if the profile is the source of another one.
 * The SDK itself waits forever, and its error contains the command with all arguments.
 */
export function boundCredentialProcesses(timeoutMs: number): void {
  const bounded = (command: string, answer: Answer): void => {
    let late = false;
    const child = exec(command, { maxBuffer: 1 << 20 }, (error, stdout, stderr) => {
      clearTimeout(timer);
      if (late) answer(new Error(`its credential_process did not answer within ${formatDuration(timeoutMs)}`));
      else if (error === null) answer(null, { stdout, stderr });
      else answer(new Error(failure(error.code, stderr)));
    });
    const timer = setTimeout(() => {
      late = true;
      endTree(child);
    }, timeoutMs);
  };
  // The SDK looks here for a replacement of `exec`.
  Object.assign(externalDataInterceptor.getTokenRecord(), { exec: bounded });
}

function failure(code: unknown, stderr: string): string {
  const said = stderr.trim().split("\n").at(-1) ?? "";
  return `its credential_process failed with exit code ${String(code)}${said === "" ? "" : `: ${said}`}`;
}

/**
 * Kills a shell and its child processes. A process group is not an option: in one, the program could not prompt for a
 * password on the terminal.
 */
function endTree(child: ChildProcess): void {
  execFile("ps", ["-A", "-o", "pid=,ppid="], (_error, stdout) => {
    const pairs = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
    const below = (pid: number): number[] =>
      pairs.filter(([, parent]) => parent === pid).flatMap(([each = 0]) => [each, ...below(each)]);
    for (const pid of child.pid === undefined ? [] : below(child.pid)) end(pid);
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.kill("SIGKILL");
  });
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has already exited.
  }
}
