import { AppError } from "../core/error.ts";

export interface GitCall {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly input?: Uint8Array | string;
  /** Exit codes that are answers, beside 0. */
  readonly answers?: readonly number[];
}

export interface GitAnswer {
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs git with arguments only, no shell. Throws GIT_MISSING or GIT_FAILED with what git said. */
export async function runGit(call: GitCall): Promise<GitAnswer> {
  const { execa } = await import("execa");
  const { PATH, HOME, ...others } = call.env;
  const result = await execa("git", call.args, {
    cwd: call.cwd,
    // What git says is looked at, so it must not be translated; looking must not write the index.
    env: { ...defined({ ...others, PATH, HOME }), LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" },
    extendEnv: false,
    encoding: "buffer",
    stripFinalNewline: false,
    maxBuffer: 1 << 30,
    reject: false,
    cancelSignal: call.signal,
    ...(call.input === undefined ? { stdin: "ignore" as const } : { input: call.input }),
  });
  call.signal.throwIfAborted();
  if (result.exitCode === undefined) {
    if (result.code === "ENOENT") {
      throw new AppError("GIT_MISSING", "There is no `git` on the PATH.", {
        next: ["Install Git 2.38 or newer: https://git-scm.com/downloads"],
      });
    }
    throw failed(call, result.shortMessage ?? "it was ended from outside", result.cause);
  }
  const stderr = Buffer.from(result.stderr).toString("utf8");
  if (result.exitCode !== 0 && call.answers?.includes(result.exitCode) !== true) throw failed(call, stderr);
  return { exit: result.exitCode, stdout: Buffer.from(result.stdout), stderr };
}

export function failed(call: Pick<GitCall, "args" | "cwd">, said: string, cause?: unknown): AppError {
  const verb = call.args.find((word) => /^[a-z]/.test(word)) ?? "";
  return new AppError("GIT_FAILED", `git ${verb} failed in ${call.cwd}: ${said.trim()}`, {
    next: ["git status   says what is the matter with the repository"],
    cause,
  });
}

function defined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
