import { describe, expect, it } from "vitest";
import { requireMachine } from "./machine.ts";

const able = { platform: "linux", isRoot: true, has: async () => true };

describe("requireMachine", () => {
  it("Profile full accepts a Linux machine with root and git", async () => {
    await expect(requireMachine(able)).resolves.toBeUndefined();
  });

  it("Profile full reports everything that a machine lacks, and suggests the core profile", async () => {
    const bare = { platform: "darwin", isRoot: false, has: async () => false };
    await expect(requireMachine(bare)).rejects.toMatchObject({
      code: "SANDBOX_FULL_UNSUPPORTED",
      message: expect.stringMatching(/Linux.*root.*git/),
      next: [expect.stringContaining("gennet sandbox up ")],
    });
  });

  it("Profile full reports only what a machine lacks", async () => {
    const refusal = await requireMachine({ ...able, isRoot: false }).catch((error: Error) => error);
    expect(String(refusal)).toMatch(/needs root/);
    expect(String(refusal)).not.toMatch(/git|Linux,/);
  });
});
