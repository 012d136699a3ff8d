import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "./container-run.ts";
import type { Container } from "./pod.ts";

const limit = 4_096;
const fallbackLines = 80;
const fallbackLimit = 2_048;

/** Returns a container's termination message, or the end of its log if the spec requests that. */
export async function terminationMessage(
  { terminationMessagePolicy }: Container,
  runFolder: string,
  { exitCode }: Run,
): Promise<string | undefined> {
  const text = await readFile(join(runFolder, "message"), "utf8").catch(() => "");
  if (text !== "") return text.slice(0, limit);
  if (terminationMessagePolicy !== "FallbackToLogsOnError" || exitCode === 0) return undefined;
  const log = await readFile(`${runFolder}.log`, "utf8").catch(() => "");
  const lines = log.trimEnd().split("\n").slice(-fallbackLines);
  // A line in the CRI's format: time, stream, tag, text.
  const plain = lines.map((line) => line.split(" ").slice(3).join(" ")).join("\n");
  return plain === "" ? undefined : plain.slice(-fallbackLimit);
}
