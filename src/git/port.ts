/** A file as Git sees it; a link's content is where it leads. */
export interface SnapshotFile {
  readonly path: string;
  readonly mode: FileMode;
  readonly content: string | Uint8Array;
}

export type FileMode = "100644" | "100755" | "120000";

/** A tree that is recorded in a scratch repository: `tree` (an object's id) without some paths, and files over it. */
export interface Snapshot {
  readonly name: string;
  /** The name of the snapshot that it came from: what a merge is based on. */
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
  /** The merged tree's id; files in conflict have markers in it. */
  readonly tree: string;
  readonly conflicts: ReadonlyMap<string, readonly IndexStage[]>;
}

export interface TreeChange {
  readonly path: string;
  readonly change: "added" | "changed" | "removed";
  /** Mode and id after the change; those of a removed file are zeros. */
  readonly mode: string;
  readonly id: string;
}

/** A repository outside of the user's, thrown away afterwards; reads the user's objects where it was given them. */
export interface Scratch {
  record(snapshots: readonly Snapshot[]): Promise<void>;
  /** Merges `theirs` into `ours` as whole trees, with renames, from the snapshot that both came from. */
  merge(ours: string, theirs: string): Promise<MergedTree>;
  changes(from: string, to: string): Promise<readonly TreeChange[]>;
  /** Where files that moved came from, by where they are now. */
  renames(from: string, to: string): Promise<ReadonlyMap<string, string>>;
  /** A unified diff. */
  patch(from: string, to: string): Promise<string>;
  /** The contents of blobs, in the order of their ids. */
  read(ids: readonly string[]): Promise<readonly Buffer[]>;
  dispose(): Promise<void>;
}

/** A folder in the user's repository; paths are relative to the folder. */
export interface Repository {
  /** Paths that differ from the last commit, and those that are neither tracked nor ignored. */
  changed(): Promise<readonly string[]>;
  /** The folder's tree in the last commit; undefined where it has none. */
  tree(): Promise<string | undefined>;
  /** Keeps a content in the repository, and answers its id. */
  keep(content: Uint8Array): Promise<string>;
  /** Leaves a conflict in the index. */
  stage(conflicts: ReadonlyMap<string, readonly IndexStage[]>): Promise<void>;
  /**
   * Puts modes into the index, where Git does not look at those of files (core.fileMode is false): else the next commit
   * would have the old ones. Contents stay as they are there; a new file is only announced (git-add(1), --intent-to-add).
   */
  setModes(modes: ReadonlyMap<string, FileMode>): Promise<void>;
  scratch(): Promise<Scratch>;
}

/** Git as a program. Throws GIT_MISSING, GIT_TOO_OLD or GIT_FAILED. */
export interface Git {
  /** The repository that a folder is in; undefined where it is in none. */
  repository(folder: string): Promise<Repository | undefined>;
  scratch(): Promise<Scratch>;
}
