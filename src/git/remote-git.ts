import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppError } from "../core/error.ts";
import { anySignal } from "../core/any-signal.ts";
import { writing } from "../core/file-error.ts";
import { fileCommand, readBatch, removeCommand } from "./object-streams.ts";
import { pushRefused, remoteError, wasOutrun } from "./remote-errors.ts";
import type { FolderChange, RemoteBranch, RemoteGit } from "./remote-port.ts";
import { failed, type GitAnswer, type GitCall, runGit } from "./run-git.ts";

/** Git itself waits without end for a server that accepts a connection and then says nothing. */
const answerMs = 120_000;
const fetched = "refs/remotes/fetched";
const made = "refs/heads/made";
/** The variables of a git that has started gennet, as a hook does; they are about another repository. */
const local =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|QUARANTINE_PATH)$/;
const fallback = { name: "gennet", address: "gennet@localhost" };

export interface RemoteGitOptions extends Pick<GitCall, "env"> {
  /** Returns the time, in milliseconds since the epoch. */
  now(): number;
}

/** Reads and writes branches through bare repositories in the folder for temporary files. */
export function createRemoteGit({ env, now }: RemoteGitOptions): RemoteGit {
  return {
    file: (repository, ref, path, signal) =>
      withRepository(env, repository, signal, async (git) => {
        await git(["config", "remote.origin.url", repository]);
        const args = [
          "fetch",
          "--quiet",
          "--no-tags",
          "--depth=1",
          "--filter=blob:none",
          "origin",
          `+${ref}:${fetched}`,
        ];
        const { exit, stderr } = await git(args, { answers: [1, 128] });
        if (exit !== 0) throw fetchError(repository, args, stderr);
        // Git fetches the one file that it then lacks.
        const found = await git(["cat-file", "blob", `${fetched}:${path}`], { answers: [128] });
        if (found.exit === 0) return found.stdout.toString("utf8");
        if (/does not exist|not a valid object name/i.test(found.stderr)) return undefined;
        throw fetchError(repository, args, found.stderr);
      }),
    read: (at, folder, signal) =>
      withClone(env, at, signal, async (clone) => {
        if (clone.commit === undefined) return { commit: undefined, files: new Map() };
        const listing = await clone.git(["ls-tree", "-r", "-z", `${clone.commit}:${folder}`], { answers: [128] });
        // Without the folder, there is no such tree.
        const entries = listing.exit === 0 ? readListing(listing.stdout.toString("utf8")) : [];
        const ids = entries.map(([, id]) => id).join("\n");
        const { stdout } = await clone.git(["cat-file", "--batch"], { input: ids === "" ? "" : `${ids}\n` });
        const texts = readBatch(stdout, entries.length).map((text) => text.toString("utf8"));
        return { commit: clone.commit, files: new Map(entries.map(([path], index) => [path, texts[index] ?? ""])) };
      }),
    commit: (at, parent, change, signal) =>
      withClone(env, at, signal, async (clone) => {
        if (clone.commit !== parent) return undefined;
        await clone.git(["fast-import", "--quiet"], { input: await importOf(clone, change, now()) });
        const commit = await clone.idOf(made);
        const isSame =
          parent !== undefined && (await clone.idOf(`${made}^{tree}`)) === (await clone.idOf(`${parent}^{tree}`));
        if (isSame) return parent;
        const target = `refs/heads/${at.branch}`;
        const pushed = await clone.git(
          ["push", "--quiet", "--no-follow-tags", "--", at.repository, `${made}:${target}`],
          {
            answers: [1, 128],
          },
        );
        if (pushed.exit === 0) return commit;
        if (wasOutrun(pushed.stderr)) return undefined;
        throw (
          (pushed.exit === 128 ? remoteError(at.repository, pushed.stderr) : undefined) ??
          pushRefused(at, pushed.stderr)
        );
      }),
  };
}

type RunGit = (args: readonly string[], more?: Pick<GitCall, "answers" | "input">) => Promise<GitAnswer>;

/** A bare repository with the newest commit of a branch. */
interface Clone {
  /** Undefined if there is no such branch. */
  readonly commit: string | undefined;
  readonly git: RunGit;
  idOf(name: string): Promise<string>;
}

function withClone<T>(
  env: GitCall["env"],
  at: RemoteBranch,
  signal: AbortSignal,
  work: (clone: Clone) => Promise<T>,
): Promise<T> {
  return withRepository(env, at.repository, signal, async (git) => {
    const idOf: Clone["idOf"] = async (name) =>
      (await git(["rev-parse", "--verify", "--quiet", name])).stdout.toString("utf8").trim();
    return work({ git, idOf, commit: await fetchTip(at, { git, idOf }) });
  });
}

async function withRepository<T>(
  env: GitCall["env"],
  repository: string,
  signal: AbortSignal,
  work: (git: RunGit) => Promise<T>,
): Promise<T> {
  const place = tmpdir();
  const where = { place, advice: "Set TMPDIR=PATH to use another folder for temporary files. No changes made." };
  const folder = await writing(where, () => mkdtemp(join(place, "gennet-remote-")));
  const late = AbortSignal.timeout(answerMs);
  const waiting = anySignal(signal, late);
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !local.test(name)));
  const silent = { SSH_ASKPASS_REQUIRE: "never", ...own, GIT_DIR: folder };
  const git: RunGit = (args, more = {}) => runGit({ args, cwd: folder, place, env: silent, signal: waiting, ...more });
  try {
    await git(["init", "--quiet", "--bare", "--template=", folder]);
    await keepSshSilent(own, git);
    return await work(git);
  } catch (error) {
    if (late.aborted && !signal.aborted) {
      throw remoteError(repository, `fatal: operation timed out after ${answerMs / 1000} seconds`, error) ?? error;
    }
    throw error;
  } finally {
    // A git process that was stopped may still be writing its last file.
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
}

/** Lets ssh fail where it would ask on the terminal, unless the user has chosen how it is run. */
async function keepSshSilent(env: GitCall["env"], git: RunGit): Promise<void> {
  if (env["GIT_SSH_COMMAND"] !== undefined || env["GIT_SSH"] !== undefined) return;
  const chosen = await git(["config", "--get", "core.sshCommand"], { answers: [1] });
  if (chosen.exit === 0) return;
  await git(["config", "core.sshCommand", "ssh -o BatchMode=yes -o ConnectTimeout=15"]);
}

/** Fetches the newest commit of a branch, without its history. Returns its id; undefined if there is no such branch. */
async function fetchTip(at: RemoteBranch, { git, idOf }: Pick<Clone, "git" | "idOf">): Promise<string | undefined> {
  const args = [
    "fetch",
    "--quiet",
    "--no-tags",
    "--depth=1",
    "--",
    at.repository,
    `+refs/heads/${at.branch}:${fetched}`,
  ];
  const { exit, stderr } = await git(args, { answers: [1, 128] });
  if (exit === 0) return idOf(fetched);
  if (/couldn't find remote ref/i.test(stderr)) return undefined;
  throw fetchError(at.repository, args, stderr);
}

function fetchError(repository: string, args: readonly string[], said: string): AppError {
  return remoteError(repository, said) ?? failed({ args, cwd: repository, place: repository }, said);
}

/** Returns the input of `git fast-import`. Source: git-fast-import(1). */
async function importOf(
  clone: Clone,
  { folder, writes, removes, message }: FolderChange,
  now: number,
): Promise<Buffer> {
  const when = `${Math.floor(now / 1000)} +0000`;
  const [author, committer] = await Promise.all(["AUTHOR", "COMMITTER"].map((role) => identity(clone, role)));
  const text = Buffer.from(message);
  const head = [`commit ${made}`, `author ${author} ${when}`, `committer ${committer} ${when}`, `data ${text.length}`];
  const from = clone.commit === undefined ? "" : `from ${clone.commit}\n`;
  const removals = removes.map((path) => `${removeCommand(`${folder}/${path}`)}\n`).join("");
  const files = [...writes].flatMap(([path, content]) =>
    fileCommand({ path: `${folder}/${path}`, mode: "100644", content }),
  );
  return Buffer.concat([Buffer.from(`${head.join("\n")}\n`), text, Buffer.from(`\n${from}${removals}`), ...files]);
}

/** Returns the user's name and address as Git has them. */
async function identity({ git }: Clone, role: string): Promise<string> {
  // Otherwise Git makes up an address of the user's login and the machine's name.
  const args = ["-c", "user.useConfigOnly=true", "var", `GIT_${role}_IDENT`];
  const { exit, stdout } = await git(args, { answers: [128] });
  return exit === 0
    ? stdout.toString("utf8").replace(/ \d+ [+-]\d{4}\s*$/, "")
    : `${fallback.name} <${fallback.address}>`;
}

/** Parses the output of `git ls-tree -r -z`: the path and the id of each file. */
function readListing(output: string): readonly (readonly [path: string, id: string])[] {
  return output.split("\0").flatMap((line): [string, string][] => {
    const [, id, path] = /^\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
    return id === undefined || path === undefined ? [] : [[path, id]];
  });
}
