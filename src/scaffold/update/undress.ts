import { posix } from "node:path";
import type { Scratch, SnapshotFile } from "../../git/port.ts";
import { type Dress, dressOf, plain, textIn } from "./file-dress.ts";

export interface Undressed {
  /** The files as plain text. */
  readonly files: readonly SnapshotFile[];
  /** The format of each file in the service. */
  readonly dresses: ReadonlyMap<string, Dress>;
}

/**
 * Converts the service's files with a byte order mark or Windows line endings to plain text. The template has neither,
 * so Git would consider every line changed. Includes the template's files, and files that may be renamed copies of
 * them.
 */
export async function undress(base: string, service: string, scratch: Scratch): Promise<Undressed> {
  const changes = (await scratch.changes(base, service)).filter(
    ({ change, mode }) => change === "removed" || mode.startsWith("100"),
  );
  const gone = new Set(changes.filter(({ change }) => change === "removed").map(({ path }) => posix.extname(path)));
  const asked = changes.filter(
    ({ path, change }) => change === "changed" || (change === "added" && gone.has(posix.extname(path))),
  );
  const contents = await scratch.read(asked.map(({ id }) => id));
  const files: SnapshotFile[] = [];
  const dresses = new Map<string, Dress>();
  for (const [at, { path, mode }] of asked.entries()) {
    const text = textIn(contents[at] ?? "");
    const dress = text === undefined ? undefined : dressOf(text);
    if (text === undefined || dress === undefined) continue;
    files.push({ path, mode: mode === "100755" ? "100755" : "100644", content: plain(text) });
    dresses.set(path, dress);
  }
  return { files, dresses };
}
