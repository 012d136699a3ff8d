import { dirname } from "node:path";
import { AppError } from "./error.ts";
import type { ErrorCode } from "./error-codes.ts";
import { shell } from "./shell-words.ts";

type Attempt = "read" | "written" | "opened";

interface Reason {
  /** Completes "FILE cannot be read: …". */
  readonly says: string;
  /** Commands and advice for a file or folder, and for the folder on whose disk it is. */
  readonly next: (path: string, folder: string) => string;
}

const listed = (path: string): string => shell`ls -ld ${path}`;
const space = (_path: string, folder: string): string => shell`df -h ${folder}`;
const openFiles = (): string => "ulimit -n 4096  # allows this shell more open files";

const reasons: Readonly<Record<string, Reason>> = {
  ENOENT: { says: "it does not exist", next: (_path, folder) => shell`ls -l ${folder}` },
  ENOTDIR: { says: "a part of its path is a file, not a folder", next: (_path, folder) => listed(folder) },
  EISDIR: { says: "it is a folder, not a file", next: listed },
  EACCES: { says: "permission denied", next: listed },
  EPERM: { says: "the operation is not permitted", next: listed },
  EROFS: { says: "the file system is read-only", next: space },
  ENOSPC: { says: "no space is left on the disk", next: space },
  EDQUOT: { says: "the disk quota is used up", next: space },
  EFBIG: { says: "it would exceed the maximum file size", next: () => "ulimit -f  # shows how large a file may be" },
  EMFILE: { says: "this process has too many open files", next: openFiles },
  ENFILE: { says: "the system has too many open files", next: openFiles },
  ENAMETOOLONG: { says: "its name is too long", next: () => "Choose a shorter name." },
  ELOOP: { says: "its symbolic links form a loop", next: listed },
  EBUSY: { says: "it is in use", next: listed },
  EIO: { says: "the disk reports an error", next: space },
  ESTALE: { says: "it is on a network share that has changed", next: listed },
};

/** How programs report a full disk or quota in the C locale. Git uses the last form for its objects. */
const fullDisk = /No space left on device|Disk quota exceeded|Out of diskspace/i;

type SystemError = NodeJS.ErrnoException & { readonly code: string };

/** Returns whether a system call failed. A program that could not be started does not count as a file error. */
function isSystemError(error: unknown): error is SystemError {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code !== undefined && syscall !== undefined && !syscall.startsWith("spawn");
}

/** Returns whether an error is one that only the file system reports. */
function isFileError(error: unknown): error is SystemError {
  return isSystemError(error) && Object.hasOwn(reasons, error.code);
}

/** Returns why the file system refused, in words: `no space is left on the disk (ENOSPC)`. */
export function reasonOf(error: Error): string {
  return isFileError(error) ? `${reasons[error.code]?.says} (${error.code})` : error.message;
}

/** Returns whether a file or folder does not exist, which is fine for many things that are read. */
export function isFileAbsent(error: unknown): boolean {
  return isFileError(error) && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/**
 * Turns a file system error into an AppError: the file as the user knows it, the reason in words, and what to check
 * next. `shownAs` is how the message names the file, such as `The report r.xml`; `path` is used in commands. Returns
 * any other error unchanged, so that it is reported as a bug.
 */
export function fileError(
  code: ErrorCode,
  attempt: Attempt,
  { path, shownAs = path }: { readonly path: string; readonly shownAs?: string },
  error: unknown,
): unknown {
  if (!isSystemError(error)) return error;
  const folder = dirname(path);
  const isFolderAbsent = attempt === "written" && error.code === "ENOENT";
  const says = isFolderAbsent ? "its folder does not exist (ENOENT)" : reasonOf(error);
  const next = isFolderAbsent ? shell`mkdir -p ${folder}` : (reasons[error.code]?.next ?? listed)(path, folder);
  return new AppError(code, `${shownAs} cannot be ${attempt}: ${says}.`, { next: [next], cause: error });
}

/** A place where several files are written, and what to do once that is possible again. */
export interface WritePlace {
  /** The folder, as the user knows it. */
  readonly place: string;
  /** A sentence or command: what was left behind, and how to continue. */
  readonly advice: string;
}

/** Does work that writes to a place. Errors of the file system become a `placeError`; others are thrown unchanged. */
export async function writing<T>(where: WritePlace, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw placeError(where, error) ?? error;
  }
}

const placeCodes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: "SCAFFOLD_DISK_FULL",
  EDQUOT: "SCAFFOLD_DISK_FULL",
  ENOENT: "SCAFFOLD_TARGET_UNWRITABLE",
  EACCES: "SCAFFOLD_TARGET_UNWRITABLE",
  EPERM: "SCAFFOLD_TARGET_UNWRITABLE",
  EROFS: "SCAFFOLD_TARGET_UNWRITABLE",
};

/**
 * Explains why a place cannot be written, from the error of a call or the output of a program. Returns undefined if the
 * place is not the reason.
 */
export function placeError({ place, advice }: WritePlace, failure: unknown): AppError | undefined {
  const errno = errnoOf(failure);
  const [code, reason] = [placeCodes[errno], reasons[errno]];
  if (code === undefined || reason === undefined) return undefined;
  return new AppError(code, `The folder ${place} cannot be written: ${reason.says} (${errno}).`, {
    next: [reason.next(place, place), advice],
    cause: failure,
  });
}

function errnoOf(failure: unknown): string {
  if (typeof failure === "string") return fullDisk.test(failure) ? "ENOSPC" : "";
  return isFileError(failure) ? failure.code : "";
}

const writes = /^(mkdir|mkdtemp|write|rename|unlink|rmdir|link|symlink|copyfile|f?truncate|f(data)?sync|chmod|utime)/;

/**
 * Explains a file system error that no code handled on its way up: a full disk, a state folder without write
 * permission, too many open files. None of these is a bug in gennet; a file that is missing unexpectedly is one.
 */
export function unexplainedFileError(error: unknown): unknown {
  if (!isFileError(error) || error.code === "ENOENT") return error;
  const { path = ".", syscall = "" } = error;
  const attempt = writes.test(syscall) ? "written" : syscall === "open" ? "opened" : "read";
  return fileError("FILE_UNUSABLE", attempt, { path, shownAs: error.path ?? "A file" }, error);
}
