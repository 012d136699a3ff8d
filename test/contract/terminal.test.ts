import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsServer, stsError } from "../support/aws-server.ts";
import { run } from "../support/cli.ts";
import { buildTrial, ctrlC, onTerminal } from "../support/terminal.ts";

/* oxlint-disable no-control-regex -- what is drawn on a terminal is full of them */

let trial = "";
const node = process.execPath;
const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";

beforeAll(async () => {
  trial = await buildTrial();
});
afterAll(() => rm(dirname(trial), { recursive: true, force: true }));

describe("on a terminal", () => {
  it("On a terminal, the live list is on stderr, keeps notes, and shows how each task ended", async () => {
    const { exit, drawn } = await onTerminal(node, [trial, "trial", "tasks"]).ended;
    expect(exit).toBe(0);
    const last = plain(drawn).slice(plain(drawn).lastIndexOf("✔"));
    expect(last).toMatch(/✔ The made \(1\.2s\)/);
    expect(last).toMatch(/The left: is there already/);
    expect(last).toMatch(/✖ The broken: no luck/);
    expect(last).toMatch(/warning: said meanwhile/);
    expect(last).not.toContain("for the curious");
    expect(last.trimEnd().endsWith("the answer")).toBe(true);
    expect(drawn.lastIndexOf(showCursor)).toBeGreaterThan(drawn.lastIndexOf(hideCursor));
  });

  it("On a terminal, a task without an event is shown as waiting, not as running", async () => {
    const session = onTerminal(node, [trial, "trial", "wait"]);
    await session.until("said meanwhile");
    session.type(ctrlC);
    const { drawn } = await session.ended;
    expect(plain(drawn)).toMatch(/✔ The first \(1\.2s\)\s+[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] The second: at work\s+\S The third\r?\n/u);
  });

  it("On a terminal, tasks that are added later appear in the list, each of them once", async () => {
    const { exit, drawn } = await onTerminal(node, [trial, "trial", "late"]).ended;
    expect(exit).toBe(0);
    const last = plain(drawn).slice(plain(drawn).lastIndexOf("✔ The early"));
    const lines = last.split(/\r?\n/).map((line) => line.trim());
    expect(lines.filter((line) => line !== "")).toEqual([
      "✔ The early (1.3s)",
      "✖ The late: no luck",
      expect.stringContaining("The left"),
      "✔ The last (1.2s)",
      expect.stringContaining("warning: said meanwhile"),
      "the answer",
    ]);
  });

  it("On a terminal, Ctrl-C exits with 130, restores the cursor, and shows what was not finished", async () => {
    const session = onTerminal(node, [trial, "trial", "wait"]);
    await session.until("said meanwhile");
    session.type(ctrlC);
    const { exit, drawn } = await session.ended;
    expect(exit).toBe(130);
    expect(drawn.lastIndexOf(showCursor)).toBeGreaterThan(drawn.lastIndexOf(hideCursor));
    const text = plain(drawn);
    expect(text).toMatch(/The second: not finished/);
    expect(text).toMatch(/The third: not started/);
    expect(text).toMatch(/error: Stopped by Ctrl-C\. \[INTERRUPTED\]/);
    expect(text).not.toContain("a library's own complaint");
  });

  it("On a terminal, Ctrl-C at a prompt exits with 130", async () => {
    const session = onTerminal(node, [trial, "trial", "ask"]);
    await session.until("Your name?");
    session.type(ctrlC);
    const { exit, drawn } = await session.ended;
    expect(exit).toBe(130);
    expect(plain(drawn)).toContain("Stopped by Ctrl-C.");
    expect(drawn.lastIndexOf(showCursor)).toBeGreaterThanOrEqual(drawn.lastIndexOf(hideCursor));
  });

  it("On a terminal, a typed answer is accepted", async () => {
    const session = onTerminal(node, [trial, "trial", "ask"]);
    await session.until("Your name?");
    session.type("ada\r");
    const { exit, drawn } = await session.ended;
    expect(exit).toBe(0);
    expect(plain(drawn).trimEnd().endsWith("ada")).toBe(true);
  });

  it("On a terminal, a prompt for an MFA code in the middle of the work is visible", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gennet-mfa-"));
    const role =
      "role_arn = arn:aws:iam::123456789012:role/adm\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me";
    const base = "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example";
    await writeFile(join(folder, "config"), `[profile base]\n${base}\n[profile mfa]\n${role}\n`);
    const server = await awsServer(() => stsError(403, "AccessDenied", "MultiFactorAuthentication failed"));
    const env = { AWS_CONFIG_FILE: join(folder, "config"), AWS_ENDPOINT_URL: server.url, AWS_PROFILE: "" };
    const session = onTerminal(node, [trial, "trial", "mfa"], env);
    await session.until("MFA code of arn:aws:iam::1:mfa/me");
    session.type("123456\r");
    const { exit, drawn } = await session.ended;
    await server.close();
    await rm(folder, { recursive: true });
    expect(exit).toBe(0);
    expect(server.calls.map((call) => call.get("TokenCode"))).toEqual(["123456"]);
    expect(plain(drawn)).toContain("MultiFactorAuthentication failed");
    expect(plain(drawn)).not.toContain("not finished");
  });

  it("On a terminal, a command that ignores the signal is abandoned", async () => {
    const session = onTerminal(node, [trial, "trial", "deaf"]);
    await session.until("not listening");
    session.type(ctrlC);
    expect((await session.ended).exit).toBe(130);
  });

  it("On a terminal, output is plain if colour and animation are disabled", async () => {
    for (const env of [{ NO_COLOR: "1" }, { CI: "true" }, { TERM: "dumb" }]) {
      const { drawn } = await onTerminal(node, [trial, "trial", "tasks"], env).ended;
      expect(drawn).not.toContain("\u001b");
      expect(drawn).toContain("✔ The made (1.2s)");
    }
  });

  it("On a terminal, control characters from outside are never written", async () => {
    for (const name of ["hostile", "refuse"]) {
      const { drawn } = await onTerminal(node, [trial, "trial", name]).ended;
      expect(drawn).not.toMatch(/\u001b\[2J|\u001b\]0;|\u0007|\u009b|\u202e/);
      expect(drawn).toContain("evil\\u001b[2J");
      expect(plain(drawn)).not.toMatch(/^✔ all is well/m);
    }
  });

  it("On a terminal, an error is coloured", async () => {
    const { drawn } = await onTerminal(node, [trial, "trial", "ecko"]).ended;
    expect(drawn).toContain("\u001b[31merror:\u001b[39m Unknown command 'ecko'. Did you mean echo?");
  });
});

describe("as a process without a terminal", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("Without a terminal, %s exits with 130", async (signal) => {
    const session = onTerminal("/bin/sh", ["-c", `"${node}" "${trial}" trial wait 2>&1 | cat; exit 0`]);
    await session.until("said meanwhile");
    const { stdout } = await run("pgrep", ["-f", trial]);
    for (const pid of stdout.trim().split("\n").map(Number)) if (pid !== session.pid) process.kill(pid, signal);
    const { drawn } = await session.ended;
    expect(drawn).toContain("[INTERRUPTED]");
    expect(drawn).not.toContain("\u001b");
  });

  it("Without a terminal, gennet ends quietly when its reader closes the pipe", async () => {
    const { stdout, stderr } = await run("bash", ["-c", `"${node}" "${trial}" trial flood | head -1`]);
    expect(stdout).toBe("line 0\n");
    expect(stderr).toBe("");
  });

  it("Without a terminal, gennet ends quietly when its reader closes the pipe during the work", async () => {
    const { stdout, stderr } = await run("bash", ["-c", `"${node}" "${trial}" trial tick -o ndjson | head -1`]);
    expect(stdout).toMatch(/^\{.*\}\n$/);
    expect(stderr).toBe("");
  });

  it.each(["echo", "flood", "echo -o json", "echo --help"])(
    "Without a terminal, gennet fails with the reason if standard output is full: trial %s",
    async (line) => {
      const ended = await run("bash", ["-c", `"${node}" "${trial}" trial ${line} >/dev/full`]);
      expect(ended.exit).toBe(3);
      expect(ended.stderr).toContain("The answer cannot be written: no space is left on the disk (ENOSPC).");
    },
  );

  it("Without a terminal, gennet prints the answer even if standard error is not writable", async () => {
    const ended = await run("bash", ["-c", `"${node}" "${trial}" trial tasks 2>/dev/full`]);
    expect(ended).toMatchObject({ exit: 0, stdout: "the answer\n" });
  });

  it("Without a terminal, a bug is reported as one", async () => {
    const ended = await run(node, [trial, "trial", "bug"]);
    expect(ended.exit).toBe(1);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toMatch(/^internal error: this is a bug in gennet \d+\.\d+\.\d+/);
    expect(ended.stderr).toContain("TypeError: undefined is not a function");
    expect(ended.stderr).toContain("Please report it");
  });

  it("Without a terminal, --timeout ends a command with 6", async () => {
    for (const name of ["wait", "deaf"]) {
      const ended = await run(node, [trial, "trial", name, "--timeout", "10ms"]);
      expect(ended.exit).toBe(6);
      expect(ended.stderr).toContain("Not finished within --timeout 10ms. [TIMED_OUT]");
    }
  });
});

function plain(drawn: string): string {
  return drawn.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");
}
