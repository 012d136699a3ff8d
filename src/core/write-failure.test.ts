import { describe, expect, it } from "vitest";
import { writeFailure, writing } from "./write-failure.ts";

const where = { place: "my folder", advice: "run it again" };
const coded = (code: string): Error => Object.assign(new Error(code), { code });

describe("a write that failed", () => {
  it.each([
    coded("ENOSPC"),
    coded("EDQUOT"),
    "fatal: write error: No space left on device",
    "Disk quota exceeded",
    "fatal: sha1 file 'x' write error. Out of diskspace",
  ])("for want of space names the place: %s", (failure) => {
    expect(writeFailure(failure, where)).toMatchObject({
      code: "SCAFFOLD_DISK_FULL",
      exit: 3,
      message: "There is no space left in my folder.",
      next: ["df -h 'my folder'", "run it again"],
    });
  });

  it.each(["EACCES", "EPERM", "EROFS", "ENOENT"])("for want of a right names the place: %s", (code) => {
    expect(writeFailure(coded(code), where)).toMatchObject({
      code: "SCAFFOLD_TARGET_UNWRITABLE",
      exit: 2,
      message: `The folder my folder is gone or cannot be written: ${code}.`,
    });
  });

  it("for another reason keeps its own error", async () => {
    const error = coded("EIO");
    expect(writeFailure(error, where)).toBeUndefined();
    await expect(writing(where, () => Promise.reject(error))).rejects.toBe(error);
  });
});
