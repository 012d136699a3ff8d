import { randomUUID } from "node:crypto";
import { mkdir, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Launch } from "../processes/daemon.ts";
import type { ProgramName } from "../programs/catalogue.ts";
import type { Setting } from "../setting.ts";
import { writePrivate } from "../state.ts";
import type { Part } from "./part.ts";

/**
 * Makes what a part expects, and returns how to start it: through a link below its region's folder, so that its command
 * line shows which region it belongs to, and under the name by which Argo CD's program selects its role.
 */
export async function launchOf<Program extends string>(
  part: Part<Program>,
  region: string,
  find: (program: NoInfer<Program> | ProgramName) => Promise<string>,
  setting: Setting,
): Promise<Omit<Launch, "log">> {
  const { name } = part.component;
  const folder = join(region, name);
  const bin = join(region, "bin");
  const programs = [[name, part.program], ...(part.uses ?? []).map((each) => [each, each] as const)] as const;
  for (const each of [bin, join(folder, "tmp"), ...(part.folders ?? [])]) {
    await mkdir(each, { recursive: true, mode: 0o700 });
  }
  for (const [as, program] of programs) await link(await find(program), join(bin, as));
  for (const [path, text] of Object.entries(part.files ?? {})) await writePrivate(path, text);
  for (const [script, text] of Object.entries(part.scripts ?? {})) await writePrivate(join(bin, script), text, 0o700);
  const { PATH = "" } = setting.host.env;
  return {
    file: join(bin, name),
    args: part.args,
    env: { PATH: `${bin}:${PATH}`, HOME: folder, TMPDIR: join(folder, "tmp"), ...part.env },
    cwd: folder,
  };
}

/** Also replaces a link to a program of an older gennet, and works if two parts make the same link at once. */
export async function link(target: string, path: string): Promise<void> {
  const made = `${path}.${randomUUID()}`;
  await symlink(target, made);
  await rename(made, path);
}
