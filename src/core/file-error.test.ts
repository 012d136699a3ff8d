import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileError, placeError, unexplainedFileError, writing } from "./file-error.ts";
import { assertReplaceable, replaceFile } from "./replace-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet file-"));
});
afterEach(() => rm(folder, { recursive: true }));

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(() => undefined).catch((error: unknown) => error);
const systemError = (code: string, syscall: string, path?: string): Error =>
  Object.assign(new Error(`${code}: as Node says it`), { code, syscall, ...(path && { path }) });

describe("a file system error", () => {
  it("A file system error names the file, the reason in words, and a command that works for a path with spaces", async () => {
    const path = join(folder, "none", "plan.json");
    const error = fileError(
      "FILE_UNUSABLE",
      "written",
      { path, shownAs: "The plan x" },
      await thrownBy(replaceFile(path, "")),
    );
    expect(error).toMatchObject({
      code: "FILE_UNUSABLE",
      message: "The plan x cannot be written: its folder does not exist (ENOENT).",
      next: [`mkdir -p '${join(folder, "none")}'`],
    });
  });

  it.each([
    ["ENOSPC", "no space is left on the disk", "df -h /a"],
    ["EROFS", "the file system is read-only", "df -h /a"],
    ["EACCES", "permission denied", "ls -ld /a/b"],
    ["EISDIR", "it is a folder, not a file", "ls -ld /a/b"],
    ["EMFILE", "this process has too many open files", "ulimit -n 4096  # allows this shell more open files"],
    ["EDQUOT", "the disk quota is used up", "df -h /a"],
  ])("A file system error is described in words, with the next step: %s", (code, says, next) => {
    expect(fileError("FILE_UNUSABLE", "written", { path: "/a/b" }, systemError(code, "write"))).toMatchObject({
      message: `/a/b cannot be written: ${says} (${code}).`,
      next: [next],
    });
  });

  it("An unknown kind of file system error is described in the system's words", () => {
    expect(fileError("FILE_UNUSABLE", "written", { path: "/a/b" }, systemError("ENXIO", "open"))).toMatchObject({
      message: "/a/b cannot be written: ENXIO: as Node says it.",
      next: ["ls -ld /a/b"],
    });
    expect(unexplainedFileError(systemError("ECONNREFUSED", "connect"))).not.toHaveProperty("next");
  });

  it("A file system error that no code expected is reported as a problem of the machine, not as a bug", () => {
    expect(unexplainedFileError(systemError("EROFS", "mkdir", "/s/gennet"))).toMatchObject({
      code: "FILE_UNUSABLE",
      exit: 2,
      message: "/s/gennet cannot be written: the file system is read-only (EROFS).",
    });
    expect(unexplainedFileError(systemError("ENOSPC", "write"))).toMatchObject({
      message: "A file cannot be written: no space is left on the disk (ENOSPC).",
    });
    expect(unexplainedFileError(systemError("EACCES", "open", "/s/j"))).toMatchObject({
      message: "/s/j cannot be opened: permission denied (EACCES).",
    });
  });

  it("A missing file that gennet itself expects stays a bug, and so does every other error", () => {
    for (const error of [systemError("ENOENT", "open", "/x"), systemError("EACCES", "spawn git"), new TypeError("x")]) {
      expect(unexplainedFileError(error)).toBe(error);
    }
  });
});

describe("a place that cannot be written", () => {
  const where = { place: "my folder", advice: "run it again" };

  it.each([
    [systemError("ENOSPC", "write"), "no space is left on the disk (ENOSPC)"],
    [systemError("EDQUOT", "write"), "the disk quota is used up (EDQUOT)"],
    ["fatal: write error: No space left on device", "no space is left on the disk (ENOSPC)"],
    ["Disk quota exceeded", "no space is left on the disk (ENOSPC)"],
    ["fatal: sha1 file 'x' write error. Out of diskspace", "no space is left on the disk (ENOSPC)"],
  ])("A place without free space is named, with what to check: %s", (failure, says) => {
    expect(placeError(where, failure)).toMatchObject({
      code: "SCAFFOLD_DISK_FULL",
      exit: 3,
      message: `The folder my folder cannot be written: ${says}.`,
      next: ["df -h 'my folder'", "run it again"],
    });
  });

  it.each([
    ["EACCES", "permission denied", "ls -ld 'my folder'"],
    ["EPERM", "the operation is not permitted", "ls -ld 'my folder'"],
    ["EROFS", "the file system is read-only", "df -h 'my folder'"],
    ["ENOENT", "it does not exist", "ls -l 'my folder'"],
  ])("A place that is not writable is named: %s", (code, says, next) => {
    expect(placeError(where, systemError(code, "open"))).toMatchObject({
      code: "SCAFFOLD_TARGET_UNWRITABLE",
      exit: 2,
      message: `The folder my folder cannot be written: ${says} (${code}).`,
      next: [next, "run it again"],
    });
  });

  it.each([systemError("EIO", "write"), systemError("ENOENT", "spawn git"), new TypeError("x")])(
    "A place is not blamed for another error, which is thrown unchanged: %s",
    async (error) => {
      expect(placeError(where, error)).toBeUndefined();
      const work = async (): Promise<void> => {
        throw error;
      };
      await expect(writing(where, work)).rejects.toBe(error);
    },
  );
});

describe("replacing a file", () => {
  it("replaceFile writes into a pipe or device instead of replacing it", async () => {
    await replaceFile("/dev/null", "report");
    await expect(readFile("/dev/null", "utf8")).resolves.toBe("");
  });

  it("assertReplaceable rejects a path that cannot be written, and changes nothing", async () => {
    await writeFile(join(folder, "there"), "old");
    await mkdir(join(folder, "is-folder"));
    for (const path of [join(folder, "there"), join(folder, "new"), "/dev/null"]) {
      await expect(assertReplaceable(path)).resolves.toBeUndefined();
    }
    await expect(readFile(join(folder, "there"), "utf8")).resolves.toBe("old");
    await expect(assertReplaceable(join(folder, "none", "x"))).rejects.toMatchObject({ code: "ENOENT" });
    await expect(assertReplaceable(join(folder, "is-folder"))).rejects.toMatchObject({ code: "EISDIR" });
  });
});
