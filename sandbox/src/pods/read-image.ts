import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import { shell } from "../../../src/core/shell-words.ts";
import { readDockerfile } from "./dockerfile.ts";
import type { Image } from "./image.ts";

/**
 * Returns what containers of an image run from a folder: the given command, otherwise that of the folder's Dockerfile,
 * in the folder's own Python environment. Throws SANDBOX_IMAGE_INVALID.
 */
export async function readImage(
  name: string,
  folder: string,
  command: readonly string[],
  path: string | undefined,
): Promise<Image> {
  if (!(await isFolder(folder))) throw invalid(`${folder} is not a folder.`);
  const bin = join(folder, ".venv", "bin");
  const prefix = (await isFolder(bin)) ? [bin] : [];
  const PATH = [...prefix, ...(path === undefined ? [] : [path])].join(":");
  if (command.length > 0) return { name, folder, entrypoint: command, cmd: [], env: { PATH } };
  const text = await readFile(join(folder, "Dockerfile"), "utf8").catch(() => undefined);
  if (text === undefined) {
    throw invalid(
      `${folder} has no Dockerfile that defines a command.`,
      `gennet sandbox image ${name} PATH -- COMMAND…`,
    );
  }
  const { entrypoint, cmd, env, user, authorities, workdir } = readDockerfile(text);
  if (entrypoint.length + cmd.length === 0) throw invalid(`${folder}/Dockerfile has neither ENTRYPOINT nor CMD.`);
  if (prefix.length === 0 && (await isFile(join(folder, "pyproject.toml")))) {
    throw invalid(`${folder} has no Python environment.`, shell`uv sync --directory ${folder}`);
  }
  // The image's working folder has a different path here, with the same content.
  const here = (value: string): string =>
    workdir !== undefined && value.startsWith(`${workdir}/`) ? join(folder, value.slice(workdir.length)) : value;
  return {
    name,
    folder,
    entrypoint: entrypoint.map(here),
    cmd,
    env: { ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, here(value)])), PATH },
    ...(authorities === undefined ? {} : { authorities }),
    ...(user === undefined ? {} : { user }),
  };
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function invalid(message: string, ...next: readonly string[]): AppError {
  return new AppError("SANDBOX_IMAGE_INVALID", message, { next });
}
