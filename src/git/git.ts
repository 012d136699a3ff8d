import { realpath } from "node:fs/promises";
import type { Git, Repository, IndexStage } from "./port.ts";
import { failed, type GitAnswer, type GitCall, runGit } from "./run-git.ts";
import { createScratch } from "./scratch.ts";

export type GitOptions = Pick<GitCall, "env" | "signal">;

export function createGit(options: GitOptions): Git {
  // Services in the same repository share its index, which only one git process may write at a time.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  return {
    repository: (folder) => openRepository(folder, options, inTurn),
    scratch: () => createScratch(options),
  };
}

async function openRepository(
  folder: string,
  options: GitOptions,
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Repository | undefined> {
  const cwd = await realpath(folder);
  const git = (args: readonly string[], more: Partial<GitCall> = {}): Promise<GitAnswer> =>
    runGit({ args, cwd, ...options, ...more });
  const asked = ["--show-prefix", "--show-object-format", "--git-path", "objects"];
  const args = ["rev-parse", "--path-format=absolute", ...asked];
  const { exit, stdout, stderr } = await git(args, { answers: [128] });
  if (exit !== 0) {
    if (/not a git repository/i.test(stderr)) return undefined;
    throw failed({ args, cwd }, stderr);
  }
  const [prefix = "", format = "sha1", objects = ""] = stdout.toString("utf8").split("\n");
  return {
    changed: async () => {
      const status = await git(["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--", "."]);
      const entries = status.stdout.toString("utf8").split("\0");
      return entries.filter((entry) => entry !== "").map((entry) => entry.slice(3 + prefix.length));
    },
    tree: async () => {
      const found = await git(["rev-parse", "--verify", "--quiet", "HEAD:./"], { answers: [1, 128] });
      return found.exit === 0 ? found.stdout.toString("utf8").trim() : undefined;
    },
    keep: async (content) => {
      const kept = await git(["hash-object", "-w", "--stdin"], { input: content });
      return kept.stdout.toString("utf8").trim();
    },
    stage: async (conflicts) => {
      if (conflicts.size === 0) return;
      const input = indexLines(prefix, conflicts, format === "sha256" ? 64 : 40);
      await inTurn(() => git(["update-index", "-z", "--index-info"], { input }));
    },
    setModes: async (modes) => {
      const looks = await git(["config", "--type=bool", "--get", "core.fileMode"], { answers: [1] });
      if (modes.size === 0 || looks.stdout.toString("utf8").trim() !== "false") return;
      const listed = await git(["--literal-pathspecs", "ls-files", "--stage", "-z", "--", ...modes.keys()]);
      const known = new Map(readStages(listed.stdout.toString("utf8")));
      const changed = [...known].filter(([path, { mode }]) => mode !== modes.get(path));
      const input = changed.map(([path, { id }]) => `${modes.get(path)} ${id}\t${prefix}${path}\0`).join("");
      const announced = [...modes].flatMap(([path, mode]) => (mode === "100755" && !known.has(path) ? [path] : []));
      if (changed.length > 0) await inTurn(() => git(["update-index", "-z", "--index-info"], { input }));
      const add = ["--literal-pathspecs", "add", "--force", "--intent-to-add", "--chmod=+x", "--", ...announced];
      if (announced.length > 0) await inTurn(() => git(add));
    },
    scratch: () => createScratch({ ...options, borrow: { objects, format } }),
  };
}

/** Parses the output of `git ls-files --stage -z`. */
function readStages(output: string): [string, { mode: string; id: string }][] {
  return output.split("\0").flatMap((line): [string, { mode: string; id: string }][] => {
    const [, mode, id, path] = /^(\d+) ([0-9a-f]+) 0\t(.+)$/s.exec(line) ?? [];
    return mode === undefined || id === undefined || path === undefined ? [] : [[path, { mode, id }]];
  });
}

/** Source: git-update-index(1), "USING --INDEX-INFO": mode 0 removes the merged entry, then the stages are added. */
function indexLines(prefix: string, conflicts: ReadonlyMap<string, readonly IndexStage[]>, width: number): string {
  return [...conflicts]
    .flatMap(([path, stages]) => [
      `0 ${"0".repeat(width)}\t${prefix}${path}\0`,
      ...stages.map(({ mode, id, stage }) => `${mode} ${id} ${stage}\t${prefix}${path}\0`),
    ])
    .join("");
}
