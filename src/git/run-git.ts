import { AppError } from "../core/error.ts";
import { placeError } from "../core/file-error.ts";
import { shell } from "../core/shell-words.ts";

export interface GitCall {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly input?: Uint8Array | string;
  /** What is full if git reports a full disk; `cwd` by default. */
  readonly place?: string;
  /** Exit codes other than 0 that are not errors. */
  readonly answers?: readonly number[];
}

export interface GitAnswer {
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs git with an argument list, without a shell. Throws GIT_MISSING or GIT_FAILED with git's error message. */
export async function runGit(call: GitCall): Promise<GitAnswer> {
  const { execa } = await import("execa");
  const { PATH, HOME, ...others } = call.env;
  const result = await execa("git", call.args, {
    cwd: call.cwd,
    // gennet parses git's output, so it must not be translated. Reading commands must not write the index.
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
      throw new AppError("GIT_MISSING", "`git` is not on the PATH.", {
        next: ["Install Git 2.38 or newer: https://git-scm.com/downloads"],
      });
    }
    throw failed(call, result.shortMessage ?? "it was killed", result.cause);
  }
  const stderr = Buffer.from(result.stderr).toString("utf8");
  if (result.exitCode !== 0 && call.answers?.includes(result.exitCode) !== true) throw failed(call, stderr);
  return { exit: result.exitCode, stdout: Buffer.from(result.stdout), stderr };
}

/** Describes what git failed to do, with the line of its output that contains the reason. */
export function failed(call: Pick<GitCall, "args" | "cwd" | "place">, said: string, cause?: unknown): AppError {
  const { cwd, place = cwd } = call;
  const full = placeError({ place, advice: "Then run the same command again." }, said);
  if (full !== undefined) return full;
  const verb = call.args.find((word) => /^[a-z]/.test(word)) ?? "";
  const lines = said.trim().split("\n");
  const why = lines.find((line) => /^(fatal|error):/.test(line)) ?? lines[0] ?? "";
  const look =
    call.place === undefined ? shell`git -C ${cwd} status  # shows what is wrong with the repository` : "git --version";
  return new AppError("GIT_FAILED", `git ${verb} failed in ${place}: ${why}`, { next: [look], cause: cause ?? said });
}

function defined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
