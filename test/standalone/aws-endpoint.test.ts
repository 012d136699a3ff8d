import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository, run } from "../support/cli.ts";
import { serverPrograms } from "../support/server-programs.ts";
import { pythonTools } from "../support/uv.ts";

// The AWS endpoint is a Python program; its own tools are in its environment in the sandbox.
describe("the sandbox's AWS endpoint", () => {
  const inPlace = async (program: string, ...argv: string[]): Promise<{ exit: number | null; output: string }> => {
    const { postgresFolder, valkey } = await serverPrograms();
    const env = { PYTHONDONTWRITEBYTECODE: "1", SANDBOX_POSTGRES_FOLDER: postgresFolder, SANDBOX_VALKEY: valkey };
    const ended = await run(join(await pythonTools(), program), argv, { cwd: join(repository, "sandbox", "aws"), env });
    return { exit: ended.exit, output: ended.stdout + ended.stderr };
  };

  it("The sandbox's AWS endpoint is formatted", async () => {
    expect(await inPlace("ruff", "format", "--no-cache", "--check", ".")).toMatchObject({ exit: 0 });
  });

  it("The sandbox's AWS endpoint passes its linter", async () => {
    expect(await inPlace("ruff", "check", "--no-cache", ".")).toMatchObject({ exit: 0 });
  });

  it("The sandbox's AWS endpoint passes its own tests", async () => {
    const { exit, output } = await inPlace("python", "-m", "pytest", "-q", "-p", "no:cacheprovider");
    expect(exit, output).toBe(0);
    expect(output).toMatch(/\d+ passed/);
    expect(output).not.toMatch(/skipped/);
  });
});
