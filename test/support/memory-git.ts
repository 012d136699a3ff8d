import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { RemoteGit } from "../../src/git/remote-port.ts";

interface MemoryCommit {
  readonly id: string;
  readonly message: string;
  readonly files: ReadonlyMap<string, string>;
}

/** One repository in memory, with any number of branches; its address does not matter. */
export interface MemoryGit {
  readonly git: RemoteGit;
  /** Returns the commits of a branch, the newest last. */
  history(branch?: string): readonly MemoryCommit[];
  /** Commits like another person: these texts; undefined removes a file. */
  push(files: Readonly<Record<string, string | undefined>>, branch?: string): void;
  /** How many commits there are. */
  changes(): number;
  /** How often a folder was read. */
  reads(): number;
}

/** Returns a repository that has this file at every ref, and otherwise nothing. */
export function memoryGit(file?: string): MemoryGit {
  const branches = new Map<string, MemoryCommit[]>();
  let changes = 0;
  let reads = 0;
  const historyOf = (branch: string): MemoryCommit[] => {
    const known = branches.get(branch) ?? [];
    branches.set(branch, known);
    return known;
  };
  const add = (branch: string, message: string, files: ReadonlyMap<string, string>): MemoryCommit => {
    const id = createHash("sha1").update(`${++changes} ${message}`).digest("hex");
    const commit = { id, message, files };
    historyOf(branch).push(commit);
    return commit;
  };
  return {
    history: (branch = "main") => historyOf(branch),
    push: (changed, branch = "main") => {
      const files = new Map(historyOf(branch).at(-1)?.files);
      for (const [path, text] of Object.entries(changed)) {
        if (text === undefined) files.delete(path);
        else files.set(path, text);
      }
      add(branch, "Another change", files);
    },
    changes: () => changes,
    reads: () => reads,
    git: {
      file: async () => file,
      read: async ({ branch }, folder) => {
        reads++;
        const tip = historyOf(branch).at(-1);
        const inside = [...(tip?.files ?? [])].filter(([path]) => path.startsWith(`${folder}/`));
        const files = new Map(inside.map(([path, text]) => [path.slice(folder.length + 1), text]));
        return { commit: tip?.id, files };
      },
      commit: async ({ branch }, parent, { folder, writes, removes, message }) => {
        const tip = historyOf(branch).at(-1);
        if (tip?.id !== parent) return undefined;
        const files = new Map(tip?.files);
        for (const path of removes) files.delete(`${folder}/${path}`);
        for (const [path, text] of writes) files.set(`${folder}/${path}`, text);
        const isSame = tip !== undefined && isDeepStrictEqual(tip.files, files);
        return isSame ? tip.id : add(branch, message, files).id;
      },
    },
  };
}
