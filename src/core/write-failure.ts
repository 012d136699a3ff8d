import { AppError } from "./error.ts";
import { shell } from "./shell-words.ts";

/** How programs report a full disk or quota, in the C locale; the last one is how Git does it for its objects. */
const fullDisk = /No space left on device|Disk quota exceeded|Out of diskspace/i;

/** Where something is written, and what to do once that is possible. */
export interface WritePlace {
  /** A folder that is there. */
  readonly place: string;
  /** A sentence or command: what was left behind, and how to continue. */
  readonly advice: string;
}

/**
 * Does work that writes to a place. What the file system refuses becomes SCAFFOLD_DISK_FULL or
 * SCAFFOLD_TARGET_UNWRITABLE, which name the place; every other error stays what it is.
 */
export async function writing<T>(where: WritePlace, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writeFailure(error, where) ?? error;
  }
}

/** What a failed write means: the error of a call, or what a program printed. Undefined where it is something else. */
export function writeFailure(failure: unknown, { place, advice }: WritePlace): AppError | undefined {
  const code = typeof failure === "string" ? codeIn(failure) : (failure as NodeJS.ErrnoException | undefined)?.code;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new AppError("SCAFFOLD_DISK_FULL", `There is no space left in ${place}.`, {
        next: [shell`df -h ${place}`, advice],
        cause: failure,
      });
    case "ENOENT":
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new AppError("SCAFFOLD_TARGET_UNWRITABLE", `The folder ${place} is gone or cannot be written: ${code}.`, {
        next: [shell`ls -ld ${place}`, advice],
        cause: failure,
      });
    default:
      return undefined;
  }
}

function codeIn(text: string): string | undefined {
  return fullDisk.test(text) ? "ENOSPC" : undefined;
}
