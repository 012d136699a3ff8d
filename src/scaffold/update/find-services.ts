import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { AppError } from "../../core/error.ts";

const skipped = new Set(["node_modules", "__pycache__", "dist", "build"]);

/** Returns the folders of all services in a folder and its subfolders, sorted by path. Does not follow links. */
export async function findServices(root: string, shown: string, signal: AbortSignal): Promise<readonly string[]> {
  const found = await servicesBelow(root, signal);
  if (found.length > 0) return found.toSorted();
  throw new AppError("SCAFFOLD_NOT_A_SERVICE", `No service made by gennet found in ${shown} or its subfolders.`, {
    next: ["Pass a folder that contains services."],
  });
}

async function servicesBelow(folder: string, signal: AbortSignal): Promise<readonly string[]> {
  signal.throwIfAborted();
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "EACCES") return [];
    throw error;
  });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  if (folders.includes(".gennet") && (await readdir(join(folder, ".gennet"))).includes("answers.yaml")) return [folder];
  const below = folders.filter((name) => !name.startsWith(".") && !skipped.has(basename(name)));
  const found: string[] = [];
  for (const name of below) found.push(...(await servicesBelow(join(folder, name), signal)));
  return found;
}
