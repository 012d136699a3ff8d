import { dirname } from "node:path";
import { AppError } from "./error.ts";
import type { ErrorCode } from "./error-codes.ts";
import { shell } from "./shell-words.ts";

type Attempt = "read" | "written" | "opened";

interface Reason {
  /** Completes "FILE cannot be read: …". */
  readonly says: string;
  /** What to look at, or to do. */
  readonly next: (path: string) => string;
}

const listed = (path: string): string => shell`ls -ld ${path}`;
const space = (path: string): string => shell`df -h ${dirname(path)}`;
const openFiles = (): string => "ulimit -n 4096   allows this shell more open files";

const reasons: Readonly<Record<string, Reason>> = {
  ENOENT: { says: "it does not exist", next: (path) => shell`ls -l ${dirname(path)}` },
  ENOTDIR: { says: "a part of its path is a file, not a folder", next: (path) => listed(dirname(path)) },
  EISDIR: { says: "it is a folder, not a file", next: listed },
  EACCES: { says: "permission denied", next: listed },
  EPERM: { says: "the operation is not permitted", next: listed },
  EROFS: { says: "the file system is read-only", next: space },
  ENOSPC: { says: "no space is left on the disk", next: space },
  EDQUOT: { says: "the disk quota is used up", next: space },
  EFBIG: { says: "it would be larger than a file may be", next: () => "ulimit -f   shows how large a file may be" },
  EMFILE: { says: "this process has too many open files", next: openFiles },
  ENFILE: { says: "the system has too many open files", next: openFiles },
  ENAMETOOLONG: { says: "its name is too long", next: () => "Give it a shorter name." },
  ELOOP: { says: "its links lead in a circle", next: listed },
  EBUSY: { says: "it is in use", next: listed },
  EIO: { says: "the disk reports an error", next: space },
  ESTALE: { says: "it is on a network share that has changed", next: listed },
};

/** Whether an error is the file system's own. A program that could not be started is none of a file. */
function isFileError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code !== undefined && Object.hasOwn(reasons, code) && syscall?.startsWith("spawn") !== true;
}

/** Why the file system did not do it, in words: `no space is left on the disk (ENOSPC)`. */
export function reasonOf(error: Error): string {
  return isFileError(error) ? `${reasons[error.code]?.says} (${error.code})` : error.message;
}

/** Whether a file or folder is not there, which for much that is read is no mistake. */
export function isFileAbsent(error: unknown): boolean {
  return isFileError(error) && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/**
 * Turns an error of the file system into ours: the file as the user knows it, the reason in words, and what to look at
 * next. `shownAs` is what the message calls it, such as `The report r.xml`; `path` is what commands are given. Any other
 * error is returned as it is, so that it stays a bug.
 */
export function fileError(
  code: ErrorCode,
  attempt: Attempt,
  { path, shownAs = path }: { readonly path: string; readonly shownAs?: string },
  error: unknown,
): unknown {
  if (!isFileError(error)) return error;
  const isFolderAbsent = attempt === "written" && error.code === "ENOENT";
  const says = isFolderAbsent ? "its folder does not exist (ENOENT)" : reasonOf(error);
  const next = isFolderAbsent ? shell`mkdir -p ${dirname(path)}` : (reasons[error.code]?.next(path) ?? listed(path));
  return new AppError(code, `${shownAs} cannot be ${attempt}: ${says}.`, { next: [next], cause: error });
}

const writes = /^(mkdir|mkdtemp|write|rename|unlink|rmdir|link|symlink|copyfile|f?truncate|f(data)?sync|chmod|utime)/;

/**
 * Explains an error of the file system that no code on its way has explained: a disk that is full, a state folder that
 * may not be written, too many open files. None of these is a bug of ours; a file that is missing unexpectedly is.
 */
export function unexplainedFileError(error: unknown): unknown {
  if (!isFileError(error) || error.code === "ENOENT") return error;
  const { path = ".", syscall = "" } = error;
  const attempt = writes.test(syscall) ? "written" : syscall === "open" ? "opened" : "read";
  return fileError("FILE_UNUSABLE", attempt, { path, shownAs: error.path ?? "A file" }, error);
}
