import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { launcher, repository, run } from "../support/cli.ts";
import { emptied } from "../support/sandbox-environment.ts";

const sandbox = inject("sandbox");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-readme-"));
  await emptied(sandbox, "orders");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the README", () => {
  it("shows a tour whose every line does what it says, in one shell, from top to bottom", async () => {
    const lines = tour(await readFile(join(repository, "README.md"), "utf8"));
    const script = lines.map((line) => `${line}\nprintf '\\n::%s\\n' $?`).join("\n");
    const env = {
      XDG_STATE_HOME: sandbox.stateHome,
      // Which sandbox a reader means goes without saying; here there may be several.
      GENNET_NAME: sandbox.name,
      PATH: `${dirname(launcher)}:${process.env["PATH"] ?? ""}`,
    };
    const { stdout, stderr } = await run("bash", ["-c", script], { cwd: folder, env });
    const exits = [...stdout.matchAll(/^::(\d+)$/gm)].map((match) => Number(match[1]));
    const expected = lines.map((line) => [line, line.startsWith("gennet region plan") ? 8 : 0]);
    expect(
      lines.map((line, index) => [line, exits[index]]),
      stderr,
    ).toEqual(expected);
  });
});

/** The commands of the block behind the mark. */
function tour(readme: string): readonly string[] {
  const block = /<!-- tour -->\s*```sh\n(.*?)```/s.exec(readme)?.[1];
  if (block === undefined) throw new Error("README.md has no block behind <!-- tour -->");
  return block.split("\n").filter((line) => line.trim() !== "");
}
