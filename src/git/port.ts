/** A file as Git stores it; the content of a link is its target. */
export interface SnapshotFile {
  readonly path: string;
  readonly mode: FileMode;
  readonly content: string | Uint8Array;
}

export type FileMode = "100644" | "100755" | "120000";

/** A tree to record in a scratch repository: `tree` (an object's id) without some paths, with files added. */
export interface Snapshot {
  readonly name: string;
  /** The name of the parent snapshot, which is the base of a merge. */
  readonly parent?: string;
  readonly tree?: string;
  readonly without?: readonly string[];
  readonly files: readonly SnapshotFile[];
}

/** One of the three sides of a conflict: 1 is the base, 2 ours, 3 theirs. */
export interface IndexStage {
  readonly mode: string;
  readonly id: string;
  readonly stage: 1 | 2 | 3;
}

export interface MergedTree {
  /** The id of the merged tree; files with conflicts contain conflict markers. */
  readonly tree: string;
  readonly conflicts: ReadonlyMap<string, readonly IndexStage[]>;
}

export interface TreeChange {
  readonly path: string;
  readonly change: "added" | "changed" | "removed";
  /** Mode and id after the change; zeros for removed files. */
  readonly mode: string;
  readonly id: string;
}

/** A temporary repository outside the user's, which can read the user's objects if it was given them. */
export interface Scratch {
  record(snapshots: readonly Snapshot[]): Promise<void>;
  /** Merges `theirs` into `ours` as whole trees, following renames, based on their common parent snapshot. */
  merge(ours: string, theirs: string): Promise<MergedTree>;
  changes(from: string, to: string): Promise<readonly TreeChange[]>;
  /** Returns the original paths of files that moved, by their new paths. */
  renames(from: string, to: string): Promise<ReadonlyMap<string, string>>;
  /** Returns a unified diff. */
  patch(from: string, to: string): Promise<string>;
  /** Returns the contents of blobs, in the order of their ids. */
  read(ids: readonly string[]): Promise<readonly Buffer[]>;
  dispose(): Promise<void>;
}

/** A folder in the user's repository; paths are relative to the folder. */
export interface Repository {
  /** Returns paths that differ from the last commit, and untracked paths that are not ignored. */
  changed(): Promise<readonly string[]>;
  /** Returns the folder's tree in the last commit, or undefined if it is in no commit. */
  tree(): Promise<string | undefined>;
  /** Stores content in the repository and returns its id. */
  keep(content: Uint8Array): Promise<string>;
  /** Records a conflict in the index. */
  stage(conflicts: ReadonlyMap<string, readonly IndexStage[]>): Promise<void>;
  /**
   * Sets file modes in the index if Git ignores those on disk (core.fileMode is false), so that the next commit does
   * not contain the old ones. Contents in the index stay unchanged; new files are added with git-add(1),
   * --intent-to-add.
   */
  setModes(modes: ReadonlyMap<string, FileMode>): Promise<void>;
  scratch(): Promise<Scratch>;
}

/** Git as a program. Throws GIT_MISSING, GIT_TOO_OLD or GIT_FAILED. */
export interface Git {
  /** Returns the repository that contains a folder, or undefined if there is none. */
  repository(folder: string): Promise<Repository | undefined>;
  scratch(): Promise<Scratch>;
}
