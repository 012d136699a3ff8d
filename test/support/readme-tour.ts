import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { launcher, repository, run } from "./cli.ts";

export interface Toured {
  /** Each command with its exit code. */
  readonly ends: readonly (readonly [string, number | undefined])[];
  readonly stderr: string;
}

/** Runs the commands of the README's block below a mark, in one shell, from top to bottom. */
export async function runTour(
  mark: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Toured> {
  const lines = blockOf(await readFile(join(repository, "README.md"), "utf8"), mark);
  const script = lines.map((line) => `${line}\nprintf '\\n::%s\\n' $?`).join("\n");
  const PATH = `${dirname(launcher)}:${env["PATH"] ?? process.env["PATH"] ?? ""}`;
  const { stdout, stderr } = await run("bash", ["-c", script], { cwd, env: { ...env, PATH } });
  const exits = [...stdout.matchAll(/^::(\d+)$/gm)].map((match) => Number(match[1]));
  return { ends: lines.map((line, index) => [line, exits[index]]), stderr };
}

function blockOf(readme: string, mark: string): readonly string[] {
  const block = new RegExp(`<!-- ${mark} -->\\s*\`\`\`sh\\n(.*?)\`\`\``, "s").exec(readme)?.[1];
  if (block === undefined) throw new Error(`README.md has no block behind <!-- ${mark} -->`);
  return block.split("\n").filter((line) => line.trim() !== "");
}
