import { describe, expect, it } from "vitest";
import { requireMachine } from "./machine.ts";

const able = { platform: "linux", isRoot: true, has: async () => true };

describe("requireMachine", () => {
  it("takes a Linux where we are root and git is there", async () => {
    await expect(requireMachine(able)).resolves.toBeUndefined();
  });

  it("names everything that is lacking, and what core gives instead", async () => {
    const bare = { platform: "darwin", isRoot: false, has: async () => false };
    await expect(requireMachine(bare)).rejects.toMatchObject({
      code: "SANDBOX_FULL_UNSUPPORTED",
      message: expect.stringMatching(/Linux.*root.*git/),
      next: [expect.stringContaining("gennet sandbox up ")],
    });
  });

  it("names only what is lacking", async () => {
    const refusal = await requireMachine({ ...able, isRoot: false }).catch((error: Error) => error);
    expect(String(refusal)).toMatch(/needs root/);
    expect(String(refusal)).not.toMatch(/git|Linux,/);
  });
});
