import type { Program } from "./find-program.ts";

export type Ran =
  | { readonly outcome: "done"; readonly stdout: string }
  | { readonly outcome: "failed"; readonly message: string }
  | { readonly outcome: "unknown"; readonly reason: string };

const timeoutSeconds = 60;
const largestOutput = 256 * 1024 * 1024;

/**
 * Prevents network access even if a remote entry was not recognised: Git has no allowed protocols (git(1),
 * GIT_ALLOW_PROTOCOL), Go's HTTP client has a proxy that rejects connections, and kubectl has no cluster.
 */
const offline = {
  GIT_ALLOW_PROTOCOL: "none",
  GIT_TERMINAL_PROMPT: "0",
  HTTP_PROXY: "http://127.0.0.1:1",
  HTTPS_PROXY: "http://127.0.0.1:1",
  NO_PROXY: "",
  KUBECONFIG: "/dev/null",
  LC_ALL: "C",
};

/** Runs the program on a folder, without a shell, for at most a minute. */
export async function runProgram(
  { path, words }: Program,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Ran> {
  const { execa } = await import("execa");
  const kept = Object.entries(env).filter(([name]) => !/_proxy$/i.test(name));
  const result = await execa(path, [...words, folder], {
    cwd: folder,
    env: { ...Object.fromEntries(kept), ...offline },
    extendEnv: false,
    stdin: "ignore",
    stripFinalNewline: false,
    maxBuffer: largestOutput,
    timeout: timeoutSeconds * 1000,
    reject: false,
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  if (result.exitCode === 0) return { outcome: "done", stdout: result.stdout };
  if (result.timedOut)
    return { outcome: "unknown", reason: `the build did not finish within ${timeoutSeconds} seconds` };
  if (result.isMaxBuffer) {
    return { outcome: "unknown", reason: `the build's output is larger than ${largestOutput / 1024 / 1024} MiB` };
  }
  if (result.exitCode === undefined) {
    const why = result.signal === undefined ? (result.code ?? "") : `ended by ${result.signal}`;
    return { outcome: "unknown", reason: `cannot run ${path}: ${why}` };
  }
  return { outcome: "failed", message: said(result.stderr) };
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(["\\])/g, "$1");
}

/** Returns the error without warnings and timestamps, on one line. */
function said(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => !/^\s*$|^# Warning|^\d{4}\/\d{2}\/\d{2} .*[Ww]arning/.test(line));
  const words = lines.join(" ").replace(/\s+/g, " ").trim();
  // kubectl may write its errors as log lines (k8s.io/klog).
  const logged = /^[EF]\d{4} .*?\] "command failed" err=(".*")$/.exec(words)?.[1];
  return (logged === undefined ? words : unquoted(logged)).replace(/^error: /i, "");
}
