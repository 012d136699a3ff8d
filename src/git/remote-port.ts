/** A branch that people and other programs write to as well. */
export interface RemoteBranch {
  /** The address of the repository, as `git clone` takes it. */
  readonly repository: string;
  readonly branch: string;
}

/** A folder of a branch, at its newest commit. */
export interface RemoteFolder {
  /** The commit's id; undefined if the branch does not exist, as in an empty repository. */
  readonly commit: string | undefined;
  /** The texts of the files, by their paths in the folder. */
  readonly files: ReadonlyMap<string, string>;
}

/** A change of a folder's files; all others stay as they are. */
export interface FolderChange {
  readonly folder: string;
  /** Texts by the paths in the folder. */
  readonly writes: ReadonlyMap<string, string>;
  readonly removes: readonly string[];
  readonly message: string;
}

/**
 * Branches of repositories elsewhere, with the user's own credentials: an SSH agent, a credential helper. Nothing asks for
 * a password. Throws GIT_REMOTE_UNREACHABLE, GIT_REMOTE_DENIED, GIT_PUSH_REFUSED, GIT_MISSING and GIT_FAILED.
 */
export interface RemoteGit {
  /** Returns the text of one file at a ref, `refs/tags/v1.0.0`, without the others; undefined if there is none. */
  file(repository: string, ref: string, path: string, signal: AbortSignal): Promise<string | undefined>;
  read(at: RemoteBranch, folder: string, signal: AbortSignal): Promise<RemoteFolder>;
  /**
   * Commits a change on top of the commit `parent`, and pushes it, never by force. Returns the new commit; `parent` if
   * there is nothing to commit; undefined if the branch has another commit by now, and nothing was pushed.
   */
  commit(
    at: RemoteBranch,
    parent: string | undefined,
    change: FolderChange,
    signal: AbortSignal,
  ): Promise<string | undefined>;
}
