import type { SnapshotFile } from "./port.ts";

/** Returns the lines of `git fast-import` that write a file. Source: git-fast-import(1). */
export function fileCommand({ path, mode, content }: SnapshotFile): readonly Buffer[] {
  const bytes = Buffer.from(content);
  return [Buffer.from(`M ${mode} inline ${quoted(path)}\ndata ${bytes.length}\n`), bytes, Buffer.from("\n")];
}

/** Returns the line of `git fast-import` that removes a file or a folder. */
export function removeCommand(path: string): string {
  return `D ${quoted(path)}`;
}

function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

/** Parses the output of `git cat-file --batch` for this many blobs. */
export function readBatch(output: Buffer, count: number): Buffer[] {
  const contents: Buffer[] = [];
  for (let at = 0; contents.length < count;) {
    const end = output.indexOf("\n", at);
    const size = Number(/ blob (\d+)$/.exec(output.toString("utf8", at, end))?.[1]);
    if (!Number.isInteger(size))
      throw new Error(`unexpected output of git cat-file: ${output.toString("utf8", at, end)}`);
    contents.push(output.subarray(end + 1, end + 1 + size));
    at = end + size + 2;
  }
  return contents;
}
