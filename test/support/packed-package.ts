import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "./cli.ts";

/** Unpacks what `npm pack` makes of the repository into a folder; returns the folder of the package. */
export async function unpackPackage(into: string): Promise<string> {
  const call = promisify(execFile);
  await call("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", into, repository]);
  const packed = (await readdir(into)).find((file) => file.endsWith(".tgz"));
  await call("tar", ["-xzf", join(into, packed ?? ""), "-C", into]);
  return join(into, "package");
}
