import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../core/error.ts";
import { writing } from "../core/file-error.ts";
import { fileCommand, readBatch, removeCommand } from "./object-streams.ts";
import type { MergedTree, Scratch, Snapshot, IndexStage, TreeChange } from "./port.ts";
import { failed, type GitAnswer, type GitCall, runGit } from "./run-git.ts";

export interface ScratchOptions extends Pick<GitCall, "env" | "signal"> {
  /** The user's repository, whose objects can be used. */
  readonly borrow?: { readonly objects: string; readonly format: string };
}

// If the template renames a folder, the user's own files move, too. The repository is removed before a crash of the
// machine could matter.
const settings =
  "[core]\n\tfsync = none\n[merge]\n\tdirectoryRenames = true\n\trenameLimit = 10000\n\tconflictStyle = zdiff3\n";

/** Creates a scratch repository that ignores the user's Git configuration. */
export async function createScratch({ env, signal, borrow }: ScratchOptions): Promise<Scratch> {
  const where = {
    place: tmpdir(),
    advice: "Set TMPDIR=PATH to use another folder for temporary files. No changes made.",
  };
  const folder = await writing(where, () => mkdtemp(join(where.place, "gennet-merge-")));
  const isolated = { ...withoutGit(env), GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_DIR: folder };
  const git = (args: readonly string[], more: Partial<GitCall> = {}): Promise<GitAnswer> =>
    runGit({ args, cwd: folder, place: where.place, env: isolated, signal, ...more });
  // A git process that was stopped may still be writing its last file.
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  try {
    await git(["init", "--quiet", "--bare", "--template=", `--object-format=${borrow?.format ?? "sha1"}`, folder]);
    await writing(where, async () => {
      await writeFile(join(folder, "config"), settings, { flag: "a" });
      if (borrow === undefined) return;
      await writeFile(join(folder, "objects", "info", "alternates"), `${borrow.objects}\n`);
    });
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    record: async (snapshots) => {
      await git(["fast-import", "--quiet"], { input: Buffer.concat(snapshots.flatMap(importStream)) });
    },
    merge: async (ours, theirs) => {
      const args = ["merge-tree", "--write-tree", "-z", "--no-messages", ours, theirs];
      const { exit, stdout, stderr } = await git(args, { answers: [1, 129] });
      if (exit === 129) throw tooOld(stderr);
      const merged = readMerge(stdout.toString("utf8"));
      if (merged === undefined) throw failed({ args, cwd: folder, place: where.place }, stderr);
      return merged;
    },
    changes: async (from, to) => {
      const { stdout } = await git(["diff-tree", "-r", "-z", "--no-renames", from, to]);
      return readChanges(stdout.toString("utf8"));
    },
    renames: async (from, to) => {
      const { stdout } = await git(["diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", from, to]);
      const fields = stdout.toString("utf8").split("\0");
      const pairs = fields.flatMap((_, at) => (at % 3 === 0 && at + 2 < fields.length ? [at] : []));
      return new Map(pairs.map((at) => [fields[at + 2] ?? "", fields[at + 1] ?? ""]));
    },
    patch: async (from, to) => {
      const { stdout } = await git(["diff-tree", "-p", "-r", "-M", "--no-color", from, to]);
      return stdout.toString("utf8");
    },
    read: async (ids) => {
      if (ids.length === 0) return [];
      const { stdout } = await git(["cat-file", "--batch"], { input: `${ids.join("\n")}\n` });
      return readBatch(stdout, ids.length);
    },
    dispose,
  };
}

/** Returns the input of `git fast-import`. Source: git-fast-import(1). */
function importStream({ name, parent, tree, without = [], files }: Snapshot): Buffer[] {
  const head = [`commit refs/heads/${name}`, "committer gennet <gennet> 0 +0000", "data 0"];
  if (parent !== undefined) head.push(`from refs/heads/${parent}`);
  head.push(tree === undefined ? "deleteall" : `M 040000 ${tree} ""`);
  const removals = without.map(removeCommand);
  const contents = files.flatMap(fileCommand);
  return [Buffer.from(`${[...head, ...removals].join("\n")}\n`), ...contents, Buffer.from("\n")];
}

function readMerge(output: string): MergedTree | undefined {
  const [tree = "", ...entries] = output.split("\0");
  if (!/^[0-9a-f]{40,64}$/.test(tree)) return undefined;
  const conflicts = new Map<string, IndexStage[]>();
  for (const entry of entries) {
    const [, mode, id, stage, path] = /^(\d+) ([0-9a-f]+) ([123])\t(.+)$/s.exec(entry) ?? [];
    if (mode === undefined || id === undefined || path === undefined) continue;
    conflicts.set(path, [...(conflicts.get(path) ?? []), { mode, id, stage: Number(stage) as IndexStage["stage"] }]);
  }
  return { tree, conflicts };
}

function readChanges(output: string): TreeChange[] {
  const fields = output.split("\0");
  const kinds: Readonly<Record<string, TreeChange["change"]>> = { A: "added", D: "removed" };
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = "", , id = "", letter = ""] = (fields[at] ?? "").split(" ");
    changes.push({ path: fields[at + 1] ?? "", change: kinds[letter] ?? "changed", mode, id });
  }
  return changes;
}

function withoutGit(env: GitCall["env"]): GitCall["env"] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GIT_")));
}

function tooOld(said: string): AppError {
  return new AppError("GIT_TOO_OLD", `This version of git cannot merge trees: ${said.trim().split("\n")[0] ?? ""}`, {
    next: ["git --version  # must be 2.38 or newer: https://git-scm.com/downloads"],
  });
}
